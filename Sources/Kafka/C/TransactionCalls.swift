// librdkafka's transactional calls. All of them block and run on the owner thread of a transactional
// producer.

import CRdKafka

/// The steps of a transaction, each with its repeats.
///
/// librdkafka's own rule, as its header says: a retriable error means "call the same function again", one
/// that requires an abort means "abort, then begin anew", a fatal one means "make a new producer".
struct TransactionCalls: Sendable {
    let handle: ClientHandle
    let context: CallbackContext

    func initialize(by deadline: Deadline) throws {
        try repeating("init of transactions", by: deadline) { rd_kafka_init_transactions($0, $1) }
    }

    func begin() throws {
        try repeating("begin of a transaction", by: Deadline(within: .zero)) { client, _ in
            rd_kafka_begin_transaction(client)
        }
    }

    /// Adds the group's progress, fenced by the membership under which the work was taken.
    func send(_ offsets: [OffsetCommit], as member: Membership, by deadline: Deadline) throws {
        let what = "offsets of a transaction"
        let list = PartitionList(capacity: offsets.count)
        for offset in offsets {
            list.add(offset.topicPartition, offset: offset.offset, metadata: offset.metadata)
        }
        let partitions = list.pointer
        try repeating(what, by: deadline) {
            rd_kafka_send_offsets_to_transaction($0, partitions, member.pointer, $1)
        }
    }

    func commit(by deadline: Deadline) throws {
        try repeating("commit of a transaction", by: deadline) { rd_kafka_commit_transaction($0, $1) }
    }

    func abort(by deadline: Deadline) throws {
        try repeating("abort of a transaction", by: deadline) { rd_kafka_abort_transaction($0, $1) }
    }

    /// Calls until it succeeds, fails for another reason than time, or the time is over; at least once.
    private func repeating(
        _ what: String, by deadline: Deadline, _ call: (OpaquePointer, Int32) -> OpaquePointer?
    ) throws {
        try handle.use(what) { client in
            while let error = call(client, max(1, deadline.milliseconds)) {
                let failure = KafkaError(consuming: error, what)
                if failure.isFatal { throw context.noteFatal(client).during(what) }
                if !failure.isRetriable || deadline.isOver { throw failure }
            }
        }
    }
}
