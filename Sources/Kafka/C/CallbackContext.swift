// What librdkafka's callbacks find behind the one opaque pointer that a client has. They run on the client's polling
// thread, and those of a transactional producer also on the thread of its commits and aborts, which flush.
//
// Each callback unwraps it, does the minimum and returns; none runs code of a caller, none waits. The one
// exception is the rebalance callback, which has to wait by contract (see ConsumerLoop+Rebalance).

import CRdKafka
import Logging
import Synchronization

/// A client's callback context.
///
/// `@unchecked Sendable`: `loop` is written once before the client exists and read only by the rebalance
/// callback, which librdkafka runs on the polling thread; all else is immutable or behind a mutex.
final class CallbackContext: @unchecked Sendable {
    let logger: Logger
    let statistics: ClientStatistics
    weak var loop: ConsumerLoop?
    private let fatal = Mutex<KafkaError?>(nil)

    init(role: String, logger: Logger) {
        var logger = logger
        logger[metadataKey: KafkaLogKeys.client] = "\(role)"
        self.logger = logger
        statistics = ClientStatistics(role: role)
    }

    /// The error after which the client can do nothing more, once there is one.
    var fatalError: KafkaError? { fatal.withLock { $0 } }

    /// Registers the callbacks. The configuration keeps an unretained pointer to this context: the client's
    /// `ClientHandle` holds the context until the client is destroyed.
    ///
    /// - Parameters:
    ///   - delivers: for producers; librdkafka warns of consumers that ask for deliveries.
    ///   - rebalances: for consumers of a group.
    func install(in configuration: borrowing ConfigurationHandle, delivers: Bool, rebalances: Bool) {
        let pointer = configuration.pointer
        rd_kafka_conf_set_opaque(pointer, Unmanaged.passUnretained(self).toOpaque())
        rd_kafka_conf_set_log_cb(pointer, logCallback)
        rd_kafka_conf_set_error_cb(pointer, errorCallback)
        rd_kafka_conf_set_stats_cb(pointer, statisticsCallback)
        if delivers { rd_kafka_conf_set_dr_msg_cb(pointer, deliveryCallback) }
        if rebalances { rd_kafka_conf_set_rebalance_cb(pointer, rebalanceCallback) }
    }

    static func from(_ opaque: UnsafeMutableRawPointer?) -> CallbackContext? {
        opaque.map { Unmanaged<CallbackContext>.fromOpaque($0).takeUnretainedValue() }
    }

    func noteError(_ client: OpaquePointer?, _ code: rd_kafka_resp_err_t, _ reason: String) {
        if code == RD_KAFKA_RESP_ERR__FATAL, let client {
            noteFatal(client)
        } else {
            let error = KafkaError(code, "Kafka client", reason: reason)
            logger.warning(
                code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN
                    ? "no Kafka broker can be reached" : "Kafka client error",
                metadata: [KafkaLogKeys.errorName: "\(error.name)", KafkaLogKeys.reason: "\(reason)"])
        }
    }

    /// Reads the client's fatal error and keeps it: each later call throws it.
    @discardableResult
    func noteFatal(_ client: OpaquePointer) -> KafkaError {
        var text = ErrorText()
        let code = rd_kafka_fatal_error(client, &text.bytes, text.bytes.count)
        let error = KafkaError(
            code, "Kafka client", reason: text.string, isFatal: true, isRetriable: false)
        let isNew = fatal.withLock { known in
            defer { known = known ?? error }
            return known == nil
        }
        if isNew {
            logger.error(
                "Kafka client failed for good",
                metadata: [KafkaLogKeys.errorName: "\(error.name)", KafkaLogKeys.reason: "\(error.reason)"])
        }
        return error
    }
}

/// May run on any of librdkafka's threads; `Logger` allows that.
private func logCallback(
    client: OpaquePointer?, level: Int32, facility: UnsafePointer<CChar>?, text: UnsafePointer<CChar>?
) {
    guard let client, let text, let context = CallbackContext.from(rd_kafka_opaque(client)) else { return }
    let levels: [Logger.Level] = [.critical, .critical, .critical, .error, .warning, .notice, .info, .debug]
    context.logger.log(
        level: levels[min(max(Int(level), 0), levels.count - 1)], "librdkafka",
        metadata: [
            KafkaLogKeys.facility: "\(facility.map { String(cString: $0) } ?? "")",
            KafkaLogKeys.reason: "\(String(cString: text))",
        ])
}

private func errorCallback(
    client: OpaquePointer?, code: Int32, reason: UnsafePointer<CChar>?, opaque: UnsafeMutableRawPointer?
) {
    CallbackContext.from(opaque)?.noteError(
        client, rd_kafka_resp_err_t(code), reason.map { String(cString: $0) } ?? "")
}

/// Returns 0: librdkafka frees the text.
private func statisticsCallback(
    client: OpaquePointer?, json: UnsafeMutablePointer<CChar>?, length: Int, opaque: UnsafeMutableRawPointer?
) -> Int32 {
    if let json, let context = CallbackContext.from(opaque) {
        context.statistics.record(UnsafeRawBufferPointer(start: json, count: length), logger: context.logger)
    }
    return 0
}

private func deliveryCallback(
    client: OpaquePointer?, message: UnsafePointer<rd_kafka_message_t>?, opaque: UnsafeMutableRawPointer?
) {
    guard let message else { return }
    DeliveryPromise.settle(message)
}

private func rebalanceCallback(
    client: OpaquePointer?, code: rd_kafka_resp_err_t,
    partitions: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?, opaque: UnsafeMutableRawPointer?
) {
    guard let client else { return }
    guard let partitions, let loop = CallbackContext.from(opaque)?.loop else {
        // No owner is left to ask; librdkafka still waits for an answer.
        rd_kafka_assign(client, nil)
        return
    }
    loop.rebalance(code, PartitionList.read(partitions))
}
