// librdkafka's brokers in this process, for tests and for `sluice dev`.

import CRdKafka
import Dispatch

/// A cluster without durability, isolation or administration: topics are made with `createTopic`, and each
/// partition keeps about 5 MB before its oldest records vanish. Clients of other processes can connect too.
///
/// The interface of `rdkafka_mock.h` is experimental; only what release 2.0.2 has is used. Set the consumers'
/// `fetchWaitMax` to a few milliseconds.
///
/// `@unchecked Sendable`: the mock cluster locks its own state; the pointers never change.
package final class MockCluster: @unchecked Sendable {
    private let client: OpaquePointer
    private let cluster: OpaquePointer
    /// For `KafkaConfiguration`.
    package let bootstrapServers: String

    /// - Parameter brokers: they get the ids 1, 2 …
    package init(brokers: Int = 1) throws {
        var text = ErrorText()
        let configuration = ConfigurationHandle()
        // This client only carries the cluster: its own notices (that it has no servers) would mislead.
        try configuration.set("log_level", "3")
        guard
            let client = rd_kafka_new(RD_KAFKA_PRODUCER, configuration.pointer, &text.bytes, text.bytes.count)
        else { throw KafkaError.invalid("start of the mock cluster", text.string) }
        configuration.relinquish()
        guard let cluster = rd_kafka_mock_cluster_new(client, Int32(clamping: brokers)),
            let servers = rd_kafka_mock_cluster_bootstraps(cluster)
        else {
            rd_kafka_destroy(client)
            throw KafkaError.invalid("start of the mock cluster", "\(brokers) brokers could not be started")
        }
        self.client = client
        self.cluster = cluster
        bootstrapServers = String(cString: servers)
    }

    deinit {
        // Both calls wait for librdkafka's threads, which must not hold up the task that drops the cluster
        // last.
        let (client, cluster) = (SharedPointer(raw: client), SharedPointer(raw: cluster))
        DispatchQueue.global().async {
            rd_kafka_mock_cluster_destroy(cluster.raw)
            rd_kafka_destroy(client.raw)
        }
    }

    package func createTopic(_ name: String, partitions: Int, replication: Int = 1) throws {
        try check(
            rd_kafka_mock_topic_create(
                cluster, name, Int32(clamping: partitions), Int32(clamping: replication)),
            "creation of the topic \(name)")
    }

    /// The next requests of a kind fail with these codes, one after the other.
    ///
    /// - Parameters:
    ///   - apiKey: the protocol's number of the request: 0 Produce, 1 Fetch, 8 OffsetCommit, 26 EndTxn …
    ///   - codes: Kafka's error codes; -195 (`_TRANSPORT`) cuts the connection instead.
    package func pushRequestErrors(apiKey: Int16, _ codes: [Int32]) {
        let errors = codes.map { rd_kafka_resp_err_t($0) }
        rd_kafka_mock_push_request_errors_array(cluster, apiKey, errors.count, errors)
    }

    package func clearRequestErrors(apiKey: Int16) {
        rd_kafka_mock_clear_request_errors(cluster, apiKey)
    }

    /// Metadata requests for the topic answer with this code; 0 ends that.
    package func setTopicError(_ topic: String, _ code: Int32) {
        rd_kafka_mock_topic_set_error(cluster, topic, rd_kafka_resp_err_t(code))
    }

    /// Cuts a broker's connections and takes no new ones, or takes them again.
    package func setBroker(_ id: Int32, isUp: Bool) throws {
        try check(
            isUp ? rd_kafka_mock_broker_set_up(cluster, id) : rd_kafka_mock_broker_set_down(cluster, id),
            "switch of broker \(id)")
    }

    /// Delays a broker's answers.
    package func setRoundTripTime(_ id: Int32, _ duration: Duration) throws {
        try check(
            rd_kafka_mock_broker_set_rtt(cluster, id, Int32(clamping: duration.wholeMilliseconds)),
            "round-trip time of broker \(id)")
    }

    /// Makes a broker the leader of a partition; `nil` leaves it without one.
    package func setLeader(of partition: TopicPartition, to id: Int32?) throws {
        try check(
            rd_kafka_mock_partition_set_leader(cluster, partition.topic, partition.partition, id ?? -1),
            "leader of \(partition)")
    }

    private func check(_ code: rd_kafka_resp_err_t, _ what: String) throws {
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError(code, what) }
    }
}
