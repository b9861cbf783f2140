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
    /// Creates a pool of that many processes, or of one for each processor: `manager.Pool(processes)`. For
    /// more arguments use [`create`](Self::create) with `"Pool"`.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn pool(&self, processes: impl Into<Option<usize>>) -> Result<Pool> {
        self.create("Pool", (processes.into(),))
    }
}

impl Pool {
    /// Runs a function and waits for what it returns: `pool.apply(function, args)`.
    /// [`call_timeout`](crate::manager::Builder::call_timeout) does not apply;
    /// [`apply_async`](Self::apply_async) has timeouts.
    ///
    /// # Errors
    /// Fails with what the function raised, and as [`Proxy::call`](crate::manager::Proxy::call).
    pub fn apply<T: DeserializeOwned>(&self, function: &Function, args: impl Args) -> Result<T> {
        self.apply_kw(function, args, ())
    }

    /// Runs a function, also with keyword arguments: `pool.apply(function, args, kwds)`.
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

    /// Lets a function run, without waiting for it: `pool.apply_async(function, args)`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn apply_async<T>(&self, function: &Function, args: impl Args) -> Result<AsyncResult<T>> {
        self.apply_async_kw(function, args, ())
    }

    /// Lets a function run, also with keyword arguments: `pool.apply_async(function, args, kwds)`.
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
    /// `pool.map(function, items, chunksize)`. Each process gets `chunksize` items at a time; for
    /// `None` Python picks the number. It has no time limit, as [`apply`](Self::apply).
    ///
    /// # Errors
    /// Fails with what the function raised first, and as [`Proxy::call`](crate::manager::Proxy::call).
    pub fn map<T: DeserializeOwned>(
        &self,
        function: &Function,
        items: &[impl Serialize],
        chunksize: impl Into<Option<usize>>,
    ) -> Result<Vec<T>> {
        self.each("map", function, items, chunksize, &CallLimit::NONE)
    }

    /// Does the same as [`map`](Self::map) without waiting: `pool.map_async(function, items, chunksize)`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn map_async<T>(
        &self,
        function: &Function,
        items: &[impl Serialize],
        chunksize: impl Into<Option<usize>>,
    ) -> Result<AsyncResult<Vec<T>>> {
        self.each(
            "map_async",
            function,
            items,
            chunksize,
            &self.proxy.usual_limit(),
        )
    }

    /// Runs a function for each item, which is a tuple of its arguments, as [`map`](Self::map):
    /// `pool.starmap(function, items, chunksize)`.
    ///
    /// # Errors
    /// As [`map`](Self::map); Python 2.7 has none of these.
    pub fn starmap<T: DeserializeOwned>(
        &self,
        function: &Function,
        items: &[impl Serialize],
        chunksize: impl Into<Option<usize>>,
    ) -> Result<Vec<T>> {
        self.each("starmap", function, items, chunksize, &CallLimit::NONE)
    }

    /// Does the same as [`starmap`](Self::starmap) without waiting: `pool.starmap_async(function, items, chunksize)`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call); Python 2.7 has none of these.
    pub fn starmap_async<T>(
        &self,
        function: &Function,
        items: &[impl Serialize],
        chunksize: impl Into<Option<usize>>,
    ) -> Result<AsyncResult<Vec<T>>> {
        self.each(
            "starmap_async",
            function,
            items,
            chunksize,
            &self.proxy.usual_limit(),
        )
    }

    /// Runs a function of one argument for each item, and iterates over what they return, in the order of
    /// the items: `pool.imap(function, items, chunksize)`. By default each process gets one item at a
    /// time.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn imap<T>(
        &self,
        function: &Function,
        items: &[impl Serialize],
        chunksize: impl Into<Option<usize>>,
    ) -> Result<IteratorProxy<T>> {
        self.iterate("imap", function, items, chunksize)
    }

    /// Does the same as [`imap`](Self::imap) in the order in which results come:
    /// `pool.imap_unordered(function, items, chunksize)`.
    ///
    /// # Errors
    /// As [`Proxy::call`](crate::manager::Proxy::call).
    pub fn imap_unordered<T>(
        &self,
        function: &Function,
        items: &[impl Serialize],
        chunksize: impl Into<Option<usize>>,
    ) -> Result<IteratorProxy<T>> {
        self.iterate("imap_unordered", function, items, chunksize)
    }

    fn iterate<T>(
        &self,
        method: &str,
        function: &Function,
        items: &[impl Serialize],
        chunksize: impl Into<Option<usize>>,
    ) -> Result<IteratorProxy<T>> {
        let chunksize = chunksize.into();
        let iter: IteratorProxy<T> = self.each(
            method,
            function,
            items,
            chunksize,
            &self.proxy.usual_limit(),
        )?;
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
        chunksize: impl Into<Option<usize>>,
        limit: &CallLimit,
    ) -> Result<R> {
        let proxy = &self.proxy;
        match chunksize.into() {
            None => proxy.call_within(method, &(function, items), &(), limit),
            Some(size) => proxy.call_within(method, &(function, items, size), &(), limit),
        }
    }

    /// Waits for the end of its processes, after [`close`](Self::close) or
    /// [`terminate`](Self::terminate): `pool.join()`. It has no time limit, as
    /// [`apply`](Self::apply).
    ///
    /// # Errors
    /// Fails with [`is_value_error`](crate::manager::RemoteError::is_value_error) if neither was called; before
    /// Python 3.8 that is an `AssertionError`.
    pub fn join(&self) -> Result<()> {
        self.proxy.call_unlimited("join", &())
    }
}
