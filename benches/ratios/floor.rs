//! Bare sockets with the same frames: one `writev` a message, one buffered `read`
//! for header and body, long bodies read straight into memory that serves again,
//! TCP_NODELAY. No checks, no deadlines, no objects: a limit, not a product.

use std::io::{self, IoSlice, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};

use mpconn::AuthKey;
use mpconn::handshake::Handshake;

use crate::peer::{Kind, Link};

const READ_AHEAD: usize = 8192;

pub(crate) struct Floor;

pub(crate) enum Listener {
    Tcp(TcpListener, Option<AuthKey>),
    Unix(UnixListener, Option<AuthKey>),
}

impl Kind for Floor {
    type Link = Box<dyn Link>;
    type Listener = Listener;

    fn bind(address: &str, key: Option<&str>) -> io::Result<(Listener, String)> {
        let key = key.map(AuthKey::from);
        if let Some(path) = address.strip_prefix("unix:") {
            let listener = UnixListener::bind(path)?;
            return Ok((Listener::Unix(listener, key), address.to_owned()));
        }
        let listener = TcpListener::bind(address)?;
        let got = listener.local_addr()?.to_string();
        Ok((Listener::Tcp(listener, key), got))
    }

    fn accept(listener: &mut Listener) -> io::Result<Box<dyn Link>> {
        match listener {
            Listener::Tcp(listener, key) => tcp(listener.accept()?.0, key.as_ref(), true),
            Listener::Unix(listener, key) => open(listener.accept()?.0, key.as_ref(), true),
        }
    }

    fn connect(address: &str, key: Option<&str>) -> io::Result<Box<dyn Link>> {
        let key = key.map(AuthKey::from);
        match address.strip_prefix("unix:") {
            Some(path) => open(UnixStream::connect(path)?, key.as_ref(), false),
            None => tcp(TcpStream::connect(address)?, key.as_ref(), false),
        }
    }
}

fn tcp(stream: TcpStream, key: Option<&AuthKey>, listener: bool) -> io::Result<Box<dyn Link>> {
    stream.set_nodelay(true)?;
    open(stream, key, listener)
}

fn open<S>(stream: S, key: Option<&AuthKey>, listener: bool) -> io::Result<Box<dyn Link>>
where
    S: Read + Write + 'static,
{
    let mut bare = Bare {
        stream,
        buffer: vec![0; READ_AHEAD],
        start: 0,
        end: 0,
        spare: Vec::new(),
    };
    if let Some(key) = key {
        bare.authenticate(key, listener)?;
    }
    Ok(Box::new(bare))
}

/// `buffer[start..end]` is read and not consumed.
struct Bare<S> {
    stream: S,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    spare: Vec<u8>,
}

impl<S: Read + Write> Bare<S> {
    fn authenticate(&mut self, key: &AuthKey, listener: bool) -> io::Result<()> {
        let policy = crate::ours::policy();
        let mut machine = match listener {
            true => Handshake::listener(key, &policy),
            false => Handshake::client(key, &policy),
        };
        loop {
            while let Some(message) = machine.poll_transmit() {
                self.send_frame(&message)?;
            }
            match machine.outcome() {
                Some(Ok(_)) => return Ok(()),
                Some(Err(error)) => return Err(io::Error::other(error.clone())),
                None => machine.handle_message(&self.recv_frame()?),
            }
        }
    }

    fn send_frame(&mut self, message: &[u8]) -> io::Result<()> {
        let header = header(message.len())?;
        let sent = self
            .stream
            .write_vectored(&[IoSlice::new(&header), IoSlice::new(message)])?;
        match sent.checked_sub(header.len()) {
            Some(sent) => self.stream.write_all(&message[sent..]),
            None => Err(io::Error::other("not even a header was sent")),
        }
    }

    fn recv_frame(&mut self) -> io::Result<Vec<u8>> {
        self.need(4)?;
        let mut header = [0; 4];
        header.copy_from_slice(&self.buffer[self.start..self.start + 4]);
        self.start += 4;
        let len = usize::try_from(i32::from_be_bytes(header)).map_err(io::Error::other)?;
        let mut message = std::mem::take(&mut self.spare);
        message.resize(len, 0);
        if len <= READ_AHEAD - 4 {
            self.need(len)?;
        }
        let had = len.min(self.end - self.start);
        message[..had].copy_from_slice(&self.buffer[self.start..self.start + had]);
        self.start += had;
        self.stream.read_exact(&mut message[had..])?;
        Ok(message)
    }

    /// Reads until that many bytes are in the buffer.
    fn need(&mut self, bytes: usize) -> io::Result<()> {
        while self.end - self.start < bytes {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            match self.stream.read(&mut self.buffer[self.end..])? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => self.end += read,
            }
        }
        Ok(())
    }
}

fn header(len: usize) -> io::Result<[u8; 4]> {
    let len = i32::try_from(len).map_err(io::Error::other)?;
    Ok(len.to_be_bytes())
}

impl<S: Read + Write> Link for Bare<S> {
    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        self.send_frame(message)
    }

    fn recv(&mut self) -> io::Result<Vec<u8>> {
        self.recv_frame()
    }

    fn recycle(&mut self, message: Vec<u8>) {
        self.spare = message;
    }

    fn send_object(&mut self, _size: usize) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn recv_object(&mut self) -> io::Result<usize> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn swap_job(&mut self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn return_job(&mut self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

impl Link for Box<dyn Link> {
    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        (**self).send(message)
    }

    fn recv(&mut self) -> io::Result<Vec<u8>> {
        (**self).recv()
    }

    fn recycle(&mut self, message: Vec<u8>) {
        (**self).recycle(message);
    }

    fn send_object(&mut self, size: usize) -> io::Result<()> {
        (**self).send_object(size)
    }

    fn recv_object(&mut self) -> io::Result<usize> {
        (**self).recv_object()
    }

    fn swap_job(&mut self) -> io::Result<()> {
        (**self).swap_job()
    }

    fn return_job(&mut self) -> io::Result<()> {
        (**self).return_job()
    }
}
