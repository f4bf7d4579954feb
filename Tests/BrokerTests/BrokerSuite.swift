// The suite around every broker test: they run one after the other, since each starts a broker and several processes.

import Testing

/// The roles as processes of the real program, on real brokers over TCP.
@Suite(.serialized) struct RolesOnBrokers {}
