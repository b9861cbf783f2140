//! Waiting for several things at once.

use std::fmt;
use std::os::fd::BorrowedFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags};

use crate::connection::{Connection, GLANCE, Input, Receiver, Watch};
use crate::error::{Error, Result};
use crate::listener::Listener;
use crate::transport::readiness::{Deadline, poll_until};

/// Something to [`wait`] for, made with `into()`:
///
/// | of | ready when |
/// |---|---|
/// | `&Connection`, `&Receiver` | there is something to receive, or the end of file |
/// | `&mut Listener` | `accept` has a connection to give. Its handshakes go on while it is waited for |
/// | a `BorrowedFd`, on Unix | it is readable: a socket, a pipe, a process's pidfd |
pub struct Waitable<'a>(Object<'a>);

enum Object<'a> {
    Connection(&'a Connection),
    Receiver(&'a Receiver),
    Listener(&'a mut Listener),
    Fd(BorrowedFd<'a>),
}

/// Waits until some of the objects are ready, and returns their places in the list:
/// `multiprocessing.connection.wait(object_list, timeout)`.
///
/// A connection with a message in its buffer is ready, although its descriptor is not readable. After the
/// timeout the list is empty; `None` waits without limit.
///
/// # Errors
/// Fails if polling fails: a regular file cannot be polled, for example.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use mpconn::{Connection, wait};
///
/// let (a, b) = Connection::pair()?;
/// let (c, d) = Connection::pair()?;
/// a.send_bytes(b"one")?;
/// let ready = wait(&mut [(&d).into(), (&b).into()], Duration::from_secs(5))?;
/// assert_eq!(ready, [1]);
/// # drop(c);
/// # Ok::<(), mpconn::Error>(())
/// ```
pub fn wait(
    objects: &mut [Waitable<'_>],
    timeout: impl Into<Option<Duration>>,
) -> Result<Vec<usize>> {
    let deadline = Deadline::after(timeout.into());
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

/// Returns which objects are ready without a look at their descriptors, and when to ask again where that
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
        match &self.0 {
            Object::Connection(connection) => Some(connection.io().watch()),
            Object::Receiver(receiver) => Some(receiver.io().watch()),
            _ => None,
        }
    }

    fn input(&mut self) -> Input {
        match &mut self.0 {
            Object::Connection(connection) => connection.io().input(),
            Object::Receiver(receiver) => receiver.io().input(),
            Object::Listener(listener) => match listener.is_ready() {
                true => Input::Ready,
                false => Input::Nothing(Deadline::NEVER),
            },
            Object::Fd(_) => Input::Nothing(Deadline::NEVER),
        }
    }

    fn pollables<'s>(&'s self, fds: &mut Vec<PollFd<'s>>) {
        match &self.0 {
            Object::Connection(c) => fds.push(PollFd::new(*c, PollFlags::IN)),
            Object::Receiver(r) => fds.push(PollFd::new(*r, PollFlags::IN)),
            Object::Fd(fd) => fds.push(PollFd::new(fd, PollFlags::IN)),
            Object::Listener(listener) => listener.poll_fds(fds),
        }
    }

    /// Takes the events of its descriptors off the list: is it ready by them?
    fn take(&mut self, events: &mut impl Iterator<Item = PollFlags>) -> bool {
        match &mut self.0 {
            Object::Listener(listener) => {
                listener.handle_events(events);
                listener.is_ready()
            }
            // An error or a hang-up is something to be received too.
            _ => events.next().is_some_and(|event| !event.is_empty()),
        }
    }

    fn deadline(&self) -> Deadline {
        match &self.0 {
            Object::Listener(listener) => listener.next_deadline(),
            _ => Deadline::NEVER,
        }
    }
}

impl<'a> From<&'a Connection> for Waitable<'a> {
    fn from(connection: &'a Connection) -> Self {
        Waitable(Object::Connection(connection))
    }
}

impl<'a> From<&'a Receiver> for Waitable<'a> {
    fn from(receiver: &'a Receiver) -> Self {
        Waitable(Object::Receiver(receiver))
    }
}

impl<'a> From<&'a mut Listener> for Waitable<'a> {
    fn from(listener: &'a mut Listener) -> Self {
        Waitable(Object::Listener(listener))
    }
}

impl<'a> From<BorrowedFd<'a>> for Waitable<'a> {
    fn from(fd: BorrowedFd<'a>) -> Self {
        Waitable(Object::Fd(fd))
    }
}

impl fmt::Debug for Waitable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Object::Connection(c) => c.fmt(f),
            Object::Receiver(r) => r.fmt(f),
            Object::Listener(l) => l.fmt(f),
            Object::Fd(fd) => fd.fmt(f),
        }
    }
}
