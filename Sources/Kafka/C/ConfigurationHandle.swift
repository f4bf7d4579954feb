// The owner of librdkafka's configuration object until a client takes it over.

import CRdKafka

/// A `rd_kafka_conf_t`. Used by the thread that makes it, within one function.
struct ConfigurationHandle: ~Copyable {
    let pointer: OpaquePointer

    init() {
        pointer = rd_kafka_conf_new()
    }

    deinit {
        rd_kafka_conf_destroy(pointer)
    }

    func set(_ name: String, _ value: String) throws(KafkaError) {
        var text = ErrorText()
        let result = rd_kafka_conf_set(pointer, name, value, &text.bytes, text.bytes.count)
        guard result != RD_KAFKA_CONF_OK else { return }
        // The library's text may quote the value, which may be a secret: only unknown names are quoted from
        // it.
        let reason =
            result == RD_KAFKA_CONF_UNKNOWN
            ? "the property \(name) is unknown to librdkafka \(String(cString: rd_kafka_version_str()))"
            : "the value of the property \(name) is not allowed (\(value.count) characters)"
        throw .invalid("configuration of the Kafka client", reason)
    }

    /// Gives the object away: librdkafka owns it from now on.
    consuming func relinquish() {
        discard self
    }
}
