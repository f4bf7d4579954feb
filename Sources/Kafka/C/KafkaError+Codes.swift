// Turns librdkafka's error codes and error objects into `KafkaError`. The only place that reads them.

import CRdKafka

extension KafkaError {
    /// An error from a bare code, as the older calls return it.
    init(
        _ code: rd_kafka_resp_err_t, _ what: String, reason: String? = nil, kind: Kind? = nil,
        isFatal: Bool = false,
        requiresAbort: Bool = false, isRetriable: Bool? = nil
    ) {
        self.kind = kind ?? Kind(code)
        self.code = code.rawValue
        name = rd_kafka_err2name(code).map { String(cString: $0) } ?? "\(code.rawValue)"
        self.what = what
        self.reason = reason ?? rd_kafka_err2str(code).map { String(cString: $0) } ?? "no reason given"
        self.isFatal = isFatal
        self.isRetriable = isRetriable ?? Self.retriable.contains(code)
        self.requiresAbort = requiresAbort
    }

    /// An error from an error object, which is destroyed here: the caller must not touch it again.
    init(consuming error: OpaquePointer, _ what: String) {
        defer { rd_kafka_error_destroy(error) }
        self.init(
            rd_kafka_error_code(error), what,
            reason: rd_kafka_error_string(error).map { String(cString: $0) },
            isFatal: rd_kafka_error_is_fatal(error) != 0,
            requiresAbort: rd_kafka_error_txn_requires_abort(error) != 0,
            isRetriable: rd_kafka_error_is_retriable(error) != 0)
    }

    static func closed(_ what: String) -> KafkaError {
        KafkaError(RD_KAFKA_RESP_ERR__DESTROY, what, reason: "the client is closed", kind: .closed)
    }

    static func invalid(_ what: String, _ reason: String) -> KafkaError {
        KafkaError(RD_KAFKA_RESP_ERR__INVALID_ARG, what, reason: reason, kind: .invalidConfiguration)
    }

    static func timedOut(_ what: String, _ reason: String) -> KafkaError {
        KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, what, reason: reason)
    }

    static func rebalanced(_ what: String) -> KafkaError {
        KafkaError(
            RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, what,
            reason: "the group has moved its partitions since the records were taken")
    }

    static func misuse(_ what: String, _ reason: String) -> KafkaError {
        KafkaError(RD_KAFKA_RESP_ERR__STATE, what, reason: reason, kind: .other)
    }

    /// A record that was given up because of another, or of the client's end.
    package var isConsequence: Bool {
        code == RD_KAFKA_RESP_ERR__PURGE_QUEUE.rawValue || code == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT.rawValue
    }

    /// Codes after which the same call may succeed; error objects say so themselves.
    private static let retriable: Set<rd_kafka_resp_err_t> = [
        RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__TIMED_OUT,
        RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_RESP_ERR__WAIT_COORD, RD_KAFKA_RESP_ERR__QUEUE_FULL,
        RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
        RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
        RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
        RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS,
        RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION, RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT,
    ]
}

extension KafkaError.Kind {
    fileprivate init(_ code: rd_kafka_resp_err_t) {
        switch code {
        case RD_KAFKA_RESP_ERR__FENCED, RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID,
            RD_KAFKA_RESP_ERR_PRODUCER_FENCED,
            RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
            self = .fenced
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
            RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
            self = .unknownTopic
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
            self = .messageTooLarge
        case RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__RESOLVE:
            self = .unreachable
        case RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT,
            RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
            RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
            self = .timedOut
        case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:
            self = .topicExists
        case RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS, RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION,
            RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST:
            self = .rebalancing
        case RD_KAFKA_RESP_ERR__INVALID_ARG:
            self = .invalidConfiguration
        case RD_KAFKA_RESP_ERR__DESTROY:
            self = .closed
        default:
            self = .other
        }
    }
}
