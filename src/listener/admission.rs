//! Accepts clients as the rules say: `mpconn_proto::admission` decides, this does it.

use mpconn_proto::admission::{AcceptFailure, ClientId, SocketId};
use rustix::io::Errno;

use super::pending::Pending;
use super::{Listener, ListenerEvent};
use crate::Address;
use crate::connection::Connection;
use crate::error::Error;
use crate::frame::Decoder;
use crate::handshake::{Framing, Handshake, Stream};
use crate::transport::Transport;

impl Listener {
    /// Accepts clients, as many and from where the rules say.
    pub(super) fn accept_clients(&mut self) {
        while let Some(socket) = self.admission.poll_accept(self.now) {
            let Some((_, bound)) = self.sockets.iter().find(|(id, _)| *id == socket) else {
                self.admission.remove_socket(socket);
                continue;
            };
            let tag = bound.tag;
            match bound.accept() {
                Ok((transport, peer)) => {
                    let id = self.admission.handle_accepted(socket);
                    self.admit(id, transport, peer, tag);
                }
                Err(Errno::AGAIN) => {
                    let nobody = AcceptFailure::Nobody;
                    self.admission.handle_accept_error(socket, nobody, self.now);
                }
                Err(error) => self.could_not_accept(socket, tag, error),
            }
        }
    }

    fn admit(&mut self, id: ClientId, transport: Transport, peer: Option<Address>, tag: u64) {
        self.tell(&ListenerEvent::Connected {
            peer: peer.as_ref(),
            tag,
        });
        let Some(key) = &self.settings.authkey else {
            let connection = Connection::new(transport, Decoder::new(), peer.clone(), None);
            return self.finish(id, connection, tag, peer);
        };
        let handshake = Handshake::listener(key, &self.settings.policy);
        let mut stream = Stream::new(handshake, Framing::LengthPrefix, self.now);
        // Admission keeps the time of all clients.
        stream.set_deadline(None);
        let mut pending = Pending::new(transport, peer, tag, stream);
        // The challenge goes out at once.
        let progress = pending.advance(false);
        // A client that is gone already needs no slot.
        if progress.is_none()
            && let Some(evicted) = self.admission.handle_waiting(id, self.now)
        {
            self.evict(evicted);
        }
        self.conclude(id, pending, progress);
    }

    fn evict(&mut self, id: ClientId) {
        if let Some(pending) = self.pending.remove(&id) {
            self.tell(&ListenerEvent::Evicted {
                peer: pending.peer.as_ref(),
                tag: pending.tag,
            });
        }
    }

    fn could_not_accept(&mut self, socket: SocketId, tag: u64, error: Errno) {
        self.tell(&ListenerEvent::AcceptFailed {
            tag,
            error: &Error::io("cannot accept a connection", error),
        });
        let failure = match error {
            Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM => AcceptFailure::Shortage,
            _ => AcceptFailure::Other,
        };
        let evicted = self
            .admission
            .handle_accept_error(socket, failure, self.now);
        if let Some(id) = evicted {
            self.evict(id);
        }
    }
}
