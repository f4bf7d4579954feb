// Administrative requests in librdkafka's form. All of them block and run on the admin client's own queue.

import CRdKafka

/// Builds requests, waits for their answers and reads them.
enum AdminRequests {
    /// The end of each topic: `nil` for success.
    typealias TopicResults = [String: KafkaError?]

    static func create(
        _ topics: [NewTopic], within duration: Duration, _ handle: ClientHandle
    ) throws -> TopicResults {
        try handle.use("creation of topics") { try create(topics, within: duration, $0) }
    }

    static func delete(
        _ topics: [String], within duration: Duration, _ handle: ClientHandle
    ) throws -> TopicResults {
        try handle.use("deletion of topics") { try delete(topics, within: duration, $0) }
    }

    /// The settings of topics, defaults included; those that the broker doesn't tell are left out.
    static func settings(
        of topics: [String], within duration: Duration, _ handle: ClientHandle
    ) throws -> [String: [String: String]] {
        try handle.use("query of topics' settings") { try settings(of: topics, within: duration, $0) }
    }

    /// The partitions and replicas of each topic.
    static func shapes(within duration: Duration, _ handle: ClientHandle) throws -> [String: TopicShape] {
        try handle.use("query of topics") { try shapes(within: duration, $0) }
    }

    /// Whether one of the brokers is their controller. librdkafka's own name one that there isn't; while one is elected,
    /// none is named, and there will be one.
    static func hasController(within duration: Duration, _ handle: ClientHandle) throws -> Bool {
        try handle.use("query of the controller") { client in
            let milliseconds = Int32(clamping: duration.wholeMilliseconds)
            let id = rd_kafka_controllerid(client, milliseconds)
            guard id >= 0 else { return true }
            var metadata: UnsafePointer<rd_kafka_metadata>?
            let code = rd_kafka_metadata(client, 0, nil, &metadata, milliseconds)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
                throw KafkaError(code, "query of the controller")
            }
            defer { rd_kafka_metadata_destroy(metadata) }
            let brokers = UnsafeBufferPointer(
                start: metadata.pointee.brokers, count: Int(metadata.pointee.broker_cnt))
            return brokers.contains { $0.id == id }
        }
    }

    private static func create(
        _ topics: [NewTopic], within duration: Duration, _ client: OpaquePointer
    ) throws(KafkaError) -> TopicResults {
        var requests: [OpaquePointer?] = []
        defer { rd_kafka_NewTopic_destroy_array(&requests, requests.count) }
        for topic in topics { requests.append(try make(topic)) }
        let answer = try ask("creation of topics", RD_KAFKA_ADMIN_OP_CREATETOPICS, within: duration, client) {
            rd_kafka_CreateTopics(client, &requests, requests.count, $0, $1)
        }
        defer { rd_kafka_event_destroy(answer) }
        var count = 0
        let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(answer), &count)
        return read(results, count, "creation of the topic")
    }

    private static func delete(
        _ topics: [String], within duration: Duration, _ client: OpaquePointer
    ) throws(KafkaError) -> TopicResults {
        var requests = topics.map { rd_kafka_DeleteTopic_new($0) }
        defer { rd_kafka_DeleteTopic_destroy_array(&requests, requests.count) }
        let answer = try ask("deletion of topics", RD_KAFKA_ADMIN_OP_DELETETOPICS, within: duration, client) {
            rd_kafka_DeleteTopics(client, &requests, requests.count, $0, $1)
        }
        defer { rd_kafka_event_destroy(answer) }
        var count = 0
        let results = rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(answer), &count)
        return read(results, count, "deletion of the topic")
    }

    private static func settings(
        of topics: [String], within duration: Duration, _ client: OpaquePointer
    ) throws(KafkaError) -> [String: [String: String]] {
        var requests = topics.map { rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, $0) }
        defer { rd_kafka_ConfigResource_destroy_array(&requests, requests.count) }
        let answer = try ask(
            "query of topics' settings", RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, within: duration, client
        ) {
            rd_kafka_DescribeConfigs(client, &requests, requests.count, $0, $1)
        }
        defer { rd_kafka_event_destroy(answer) }
        var count = 0
        let resources = rd_kafka_DescribeConfigs_result_resources(
            rd_kafka_event_DescribeConfigs_result(answer), &count)
        var settings: [String: [String: String]] = [:]
        for resource in UnsafeBufferPointer(start: resources, count: count) {
            guard let resource, let name = rd_kafka_ConfigResource_name(resource),
                rd_kafka_ConfigResource_error(resource) == RD_KAFKA_RESP_ERR_NO_ERROR
            else { continue }
            settings[String(cString: name)] = entries(of: resource)
        }
        return settings
    }

    private static func entries(of resource: OpaquePointer) -> [String: String] {
        var count = 0
        let entries = rd_kafka_ConfigResource_configs(resource, &count)
        var settings: [String: String] = [:]
        for entry in UnsafeBufferPointer(start: entries, count: count) {
            guard let entry, let name = rd_kafka_ConfigEntry_name(entry) else { continue }
            settings[String(cString: name)] = rd_kafka_ConfigEntry_value(entry).map { String(cString: $0) }
        }
        return settings
    }

    private static func shapes(
        within duration: Duration, _ client: OpaquePointer
    ) throws(KafkaError) -> [String: TopicShape] {
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(client, 1, nil, &metadata, Int32(clamping: duration.wholeMilliseconds))
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
            throw KafkaError(code, "query of topics")
        }
        defer { rd_kafka_metadata_destroy(metadata) }
        var shapes: [String: TopicShape] = [:]
        let topics = UnsafeBufferPointer(
            start: metadata.pointee.topics, count: Int(metadata.pointee.topic_cnt))
        for topic in topics where topic.err == RD_KAFKA_RESP_ERR_NO_ERROR {
            let partitions = UnsafeBufferPointer(start: topic.partitions, count: Int(topic.partition_cnt))
            shapes[topic.topic.map { String(cString: $0) } ?? ""] = TopicShape(
                partitions: partitions.count, replication: partitions.first.map { Int($0.replica_cnt) } ?? 0)
        }
        return shapes
    }

    private static func make(_ topic: NewTopic) throws(KafkaError) -> OpaquePointer {
        let what = "creation of the topic \(topic.name)"
        var text = ErrorText()
        guard
            let request = rd_kafka_NewTopic_new(
                topic.name, topic.partitions, Int32(topic.replication ?? -1), &text.bytes, text.bytes.count)
        else { throw .invalid(what, text.string) }
        for (name, value) in topic.configuration.sorted(by: { $0.key < $1.key }) {
            let code = rd_kafka_NewTopic_set_config(request, name, value)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                rd_kafka_NewTopic_destroy(request)
                throw KafkaError(code, what)
            }
        }
        return request
    }

    /// Sends a request with a queue of its own and waits for the answer, which the caller destroys.
    private static func ask(
        _ what: String, _ operation: rd_kafka_admin_op_t, within duration: Duration, _ client: OpaquePointer,
        _ send: (_ options: OpaquePointer?, _ queue: OpaquePointer?) -> Void
    ) throws(KafkaError) -> OpaquePointer {
        let options = rd_kafka_AdminOptions_new(client, operation)
        defer { rd_kafka_AdminOptions_destroy(options) }
        let milliseconds = Int32(clamping: duration.wholeMilliseconds)
        var text = ErrorText()
        // Refused only for values out of range; then the library's default holds.
        rd_kafka_AdminOptions_set_request_timeout(options, milliseconds, &text.bytes, text.bytes.count)
        rd_kafka_AdminOptions_set_operation_timeout(options, milliseconds, &text.bytes, text.bytes.count)
        let queue = rd_kafka_queue_new(client)
        defer { rd_kafka_queue_destroy(queue) }
        send(options, queue)
        // The library ends the request itself when its time is over; a second more leaves it the word.
        guard let answer = rd_kafka_queue_poll(queue, milliseconds.addingReportingOverflow(1000).partialValue)
        else {
            throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, what)
        }
        let code = rd_kafka_event_error(answer)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            defer { rd_kafka_event_destroy(answer) }
            throw KafkaError(
                code, what, reason: rd_kafka_event_error_string(answer).map { String(cString: $0) })
        }
        return answer
    }

    private static func read(
        _ results: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int, _ what: String
    ) -> TopicResults {
        var ends: TopicResults = [:]
        for result in UnsafeBufferPointer(start: results, count: count) {
            guard let result, let name = rd_kafka_topic_result_name(result) else { continue }
            let topic = String(cString: name)
            let code = rd_kafka_topic_result_error(result)
            ends[topic] =
                code == RD_KAFKA_RESP_ERR_NO_ERROR
                ? .some(nil)
                : KafkaError(
                    code, "\(what) \(topic)",
                    reason: rd_kafka_topic_result_error_string(result).map { String(cString: $0) })
        }
        return ends
    }
}
