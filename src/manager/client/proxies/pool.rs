//! Pools of processes at the manager.

use mpconn_proto::manager::{Keywords, Positional};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::iterator::Pace;
use super::typed::typed;
use super::{AsyncResult, Function, IteratorProxy};
use crate::error::Result;
use crate::manager::client::call_limit::CallLimit;
use crate::manager::{Args, Kwargs, Manager};

typed! {
    /// Processes at the manager that run functions: `multiprocessing.Pool`. Functions are
    /// [given by name](Function).
    ///
    /// Its processes go with [`terminate`](Self::terminate), or with [`close`](Self::close) and
    /// when all work is done: dropping a proxy does not end them in every Python.
    ///
    /// # Examples
    /// ```no_run
    /// use mpconn::manager::{Function, Manager};
    ///
    /// let manager = Manager::connect("localhost:6000", "secret")?;
    /// let pool = manager.pool(4)?;
    /// let sqrt = Function::new("math", "sqrt");
    /// let roots: Vec<f64> = pool.map(&sqrt, &[1.0, 4.0, 9.0], None)?;
    /// for root in pool.imap_unordered::<f64>(&sqrt, &[1.0, 4.0, 9.0], None)? {
    ///     println!("{}", root?);
    /// }
    /// pool.close()?;
    /// pool.join()?;
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    #[doc(alias = "PoolProxy")]
    Pool
}

impl Manager {
    /// A new pool of so many processes, or one for each processor: `manager.Pool(processes)`. More
    /// arguments are for [`create`](Self::create) and `"Pool"`.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn pool(&self, processes: impl Into<Option<usize>>) -> Result<Pool> {
        self.create("Pool", (processes.into(),))
    }
}

impl Pool {
    /// Runs a function and waits for what it returns: `pool.apply(function, args)`. Not bound by
    /// [`call_timeout`](crate::manager::Builder::call_timeout);
    /// [`apply_async`](Self::apply_async) has timeouts.
    ///
    /// # Errors
    /// What the function raised, and as [`Proxy::call`](crate::manager::Proxy::call).
    pub fn apply<T: DeserializeOwned>(&self, function: &Function, args: impl Args) -> Result<T> {
        self.apply_kw(function, args, ())
    }

    /// The same with keyword arguments: `pool.apply(function, args, kwds)`.
    ///
    /// # Errors
    /// As [`apply`](Self::apply).
    pub fn apply_kw<T: DeserializeOwned>(
        &self,
        function: &Function,
        args: impl Args,
        kwds: impl Kwargs,
    ) -> Result<T> {
        let call = (function, Positional(&args), Keywords(&kwds));
        self.proxy.call_unlimited("apply", &call)
    }

    /// Has a function run: `pool.apply_async(function, args)`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn apply_async<T>(&self, function: &Function, args: impl Args) -> Result<AsyncResult<T>> {
        self.apply_async_kw(function, args, ())
    }

    /// The same with keyword arguments: `pool.apply_async(function, args, kwds)`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn apply_async_kw<T>(
        &self,
        function: &Function,
        args: impl Args,
        kwds: impl Kwargs,
    ) -> Result<AsyncResult<T>> {
        let call = (function, Positional(&args), Keywords(&kwds));
        self.proxy.call("apply_async", call)
    }

    /// Runs a function of one argument for each item, and waits for all that they return:
    /// `pool.map(function, items, chunksize)`. Each process gets so many items at a time, a number
    /// that Python picks where it is None. Not bound by a timeout, as [`apply`](Self::apply).
    ///
    /// # Errors
    /// What the function raised first, and as [`Proxy::call`](crate::manager::Proxy::call).
    pub fn map<T: DeserializeOwned>(
        &self,
        function: &Function,
        items: &[impl Serialize],
        chunksize: Option<usize>,
    ) -> Result<Vec<T>> {
        self.each("map", function, items, chunksize, &endless())
    }

    /// The same without waiting: `pool.map_async(function, items, chunksize)`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn map_async<T>(
        &self,
        function: &Function,
        items: &[impl Serialize],
        chunksize: Option<usize>,
    ) -> Result<AsyncResult<Vec<T>>> {
        self.each("map_async", function, items, chunksize, &self.usual())
    }

    /// [`map`](Self::map) where each item is a tuple of arguments:
    /// `pool.starmap(function, items, chunksize)`.
    ///
    /// # Errors
    /// As [`map`](Self::map); Python 2.7 has none of these.
    pub fn starmap<T: DeserializeOwned>(
        &self,
        function: &Function,
        items: &[impl Serialize],
        chunksize: Option<usize>,
    ) -> Result<Vec<T>> {
        self.each("starmap", function, items, chunksize, &endless())
    }

    /// The same without waiting: `pool.starmap_async(function, items, chunksize)`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call); Python 2.7 has none of these.
    pub fn starmap_async<T>(
        &self,
        function: &Function,
        items: &[impl Serialize],
        chunksize: Option<usize>,
    ) -> Result<AsyncResult<Vec<T>>> {
        self.each("starmap_async", function, items, chunksize, &self.usual())
    }

    /// Runs a function of one argument for each item; what they return comes one after the other,
    /// in the order of the items: `pool.imap(function, items, chunksize)`. Each process gets one
    /// item at a time unless told otherwise.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn imap<T>(
        &self,
        function: &Function,
        items: &[impl Serialize],
        chunksize: Option<usize>,
    ) -> Result<IteratorProxy<T>> {
        self.iterate("imap", function, items, chunksize)
    }

    /// The same in any order, what is done first first:
    /// `pool.imap_unordered(function, items, chunksize)`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn imap_unordered<T>(
        &self,
        function: &Function,
        items: &[impl Serialize],
        chunksize: Option<usize>,
    ) -> Result<IteratorProxy<T>> {
        self.iterate("imap_unordered", function, items, chunksize)
    }

    fn iterate<T>(
        &self,
        method: &str,
        function: &Function,
        items: &[impl Serialize],
        chunksize: Option<usize>,
    ) -> Result<IteratorProxy<T>> {
        let iter: IteratorProxy<T> =
            self.each(method, function, items, chunksize, &self.usual())?;
        // Chunks come apart in a generator.
        Ok(iter.with_pace(match chunksize {
            None | Some(1) => Pace::Timed,
            Some(_) => Pace::Endless,
        }))
    }

    fn each<R: DeserializeOwned>(
        &self,
        method: &str,
        function: &Function,
        items: &[impl Serialize],
        chunksize: Option<usize>,
        limit: &CallLimit,
    ) -> Result<R> {
        let proxy = &self.proxy;
        match chunksize {
            None => proxy.call_within(method, &(function, items), &(), limit),
            Some(size) => proxy.call_within(method, &(function, items, size), &(), limit),
        }
    }

    fn usual(&self) -> CallLimit {
        self.proxy.usual_limit()
    }

    /// No more work from now on: `pool.close()`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn close(&self) -> Result<()> {
        self.proxy.call("close", ())
    }

    /// Ends its processes at once: `pool.terminate()`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn terminate(&self) -> Result<()> {
        self.proxy.call("terminate", ())
    }

    /// Waits for the end of its processes, after [`close`](Self::close) or
    /// [`terminate`](Self::terminate): `pool.join()`. Not bound by a timeout, as
    /// [`apply`](Self::apply).
    ///
    /// # Errors
    /// [`is_value_error`](crate::manager::RemoteError::is_value_error) where neither was called, in Python before
    /// 3.8 an `AssertionError`.
    pub fn join(&self) -> Result<()> {
        self.proxy.call_unlimited("join", &())
    }
}

/// As long as the work takes.
fn endless() -> CallLimit {
    CallLimit::NONE
}
