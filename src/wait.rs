//! Waiting for several things at once.

use std::fmt;
use std::os::fd::BorrowedFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags};

use crate::connection::{Connection, GLANCE, Input, Receiver, Watch};
use crate::error::{Error, Result};
use crate::listener::Listener;
use crate::transport::readiness::{Deadline, poll_until};

/// Something to [`wait`] for.
#[non_exhaustive]
pub enum Waitable<'a> {
    /// Ready when there is something to receive, or the end of file.
    Connection(&'a Connection),
    /// As the connection that it is of.
    Receiver(&'a Receiver),
    /// Ready when `accept` has a connection to give, authenticated. While it is
    /// waited for, its handshakes go on.
    Listener(&'a mut Listener),
    /// Ready when it is readable: a socket, a pipe, a process's pidfd.
    Fd(BorrowedFd<'a>),
}

/// Waits until some of the objects are ready, and says which, by their places in the
/// list: `multiprocessing.connection.wait(object_list, timeout)`.
///
/// What was read ahead counts: a connection with a message in its buffer is ready
/// although its descriptor is not readable. After the timeout none is; `None` waits
/// for ever.
///
/// # Errors
/// When polling fails, which it does for what cannot be polled at all.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use mpconn::{Connection, wait};
///
/// let (a, b) = Connection::pair(true)?;
/// let (c, d) = Connection::pair(true)?;
/// a.send_bytes(b"one")?;
/// let ready = wait(&mut [(&d).into(), (&b).into()], Some(Duration::from_secs(5)))?;
/// assert_eq!(ready, [1]);
/// # drop(c);
/// # Ok::<(), mpconn::Error>(())
/// ```
pub fn wait(objects: &mut [Waitable<'_>], timeout: Option<Duration>) -> Result<Vec<usize>> {
    let deadline = Deadline::after(timeout);
    let _watches: Vec<Watch<'_>> = objects.iter().filter_map(Waitable::watch).collect();
    loop {
        let (mut ready, again) = ready_now(objects);
        let until = match ready.contains(&true) {
            false => objects.iter().fold(deadline.earlier(again), |d, object| {
                d.earlier(object.deadline())
            }),
            // Who is ready without a look at the descriptors does not wait for the rest.
            true => Deadline::after(Some(Duration::ZERO)),
        };
        let events = poll_all(objects, until)?;
        let mut events = events.iter().copied();
        for (is_ready, object) in ready.iter_mut().zip(objects.iter_mut()) {
            *is_ready |= object.take(&mut events);
        }
        if ready.contains(&true) || deadline.has_passed() {
            let places = ready.iter().enumerate();
            return Ok(places
                .filter_map(|(place, is)| is.then_some(place))
                .collect());
        }
    }
}

/// Who is ready without a look at the descriptors, and when to ask again where that
/// cannot be told.
fn ready_now(objects: &mut [Waitable<'_>]) -> (Vec<bool>, Deadline) {
    let mut again = Deadline::NEVER;
    let ready = objects.iter_mut().map(|object| match object.input() {
        Input::Ready => true,
        Input::Nothing(rest) => {
            again = again.earlier(rest);
            false
        }
        Input::Unknown => {
            again = again.earlier(Deadline::after(Some(GLANCE)));
            false
        }
    });
    (ready.collect(), again)
}

fn poll_all(objects: &[Waitable<'_>], deadline: Deadline) -> Result<Vec<PollFlags>> {
    let mut fds = Vec::with_capacity(objects.len());
    for object in objects {
        object.pollables(&mut fds);
    }
    poll_until(&mut fds, deadline).map_err(|e| Error::io("cannot wait", e))?;
    Ok(fds.iter().map(PollFd::revents).collect())
}

impl<'a> Waitable<'a> {
    fn watch(&self) -> Option<Watch<'a>> {
        match *self {
            Waitable::Connection(connection) => Some(connection.io().watch()),
            Waitable::Receiver(receiver) => Some(receiver.io().watch()),
            _ => None,
        }
    }

    fn input(&mut self) -> Input {
        match self {
            Waitable::Connection(connection) => connection.io().input(),
            Waitable::Receiver(receiver) => receiver.io().input(),
            Waitable::Listener(listener) => match listener.is_ready() {
                true => Input::Ready,
                false => Input::Nothing(Deadline::NEVER),
            },
            Waitable::Fd(_) => Input::Nothing(Deadline::NEVER),
        }
    }

    fn pollables<'s>(&'s self, fds: &mut Vec<PollFd<'s>>) {
        match self {
            Waitable::Connection(c) => fds.push(PollFd::new(*c, PollFlags::IN)),
            Waitable::Receiver(r) => fds.push(PollFd::new(*r, PollFlags::IN)),
            Waitable::Fd(fd) => fds.push(PollFd::new(fd, PollFlags::IN)),
            Waitable::Listener(listener) => listener.poll_fds(fds),
        }
    }

    /// Takes the events of its descriptors off the list: is it ready by them?
    fn take(&mut self, events: &mut impl Iterator<Item = PollFlags>) -> bool {
        match self {
            Waitable::Listener(listener) => {
                listener.handle_events(events);
                listener.is_ready()
            }
            // An error or a hang-up is something to be received too.
            _ => events.next().is_some_and(|event| !event.is_empty()),
        }
    }

    fn deadline(&self) -> Deadline {
        match self {
            Waitable::Listener(listener) => listener.next_deadline(),
            _ => Deadline::NEVER,
        }
    }
}

impl<'a> From<&'a Connection> for Waitable<'a> {
    fn from(connection: &'a Connection) -> Self {
        Waitable::Connection(connection)
    }
}

impl<'a> From<&'a Receiver> for Waitable<'a> {
    fn from(receiver: &'a Receiver) -> Self {
        Waitable::Receiver(receiver)
    }
}

impl<'a> From<&'a mut Listener> for Waitable<'a> {
    fn from(listener: &'a mut Listener) -> Self {
        Waitable::Listener(listener)
    }
}

impl<'a> From<BorrowedFd<'a>> for Waitable<'a> {
    fn from(fd: BorrowedFd<'a>) -> Self {
        Waitable::Fd(fd)
    }
}

impl fmt::Debug for Waitable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Waitable::Connection(c) => c.fmt(f),
            Waitable::Receiver(r) => r.fmt(f),
            Waitable::Listener(l) => l.fmt(f),
            Waitable::Fd(fd) => fd.fmt(f),
        }
    }
}
