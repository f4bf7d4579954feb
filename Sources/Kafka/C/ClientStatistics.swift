// librdkafka's statistics, the few numbers of it that an operator watches.

import Foundation
import Logging
import Metrics

/// Writes a client's statistics to the metrics. Dimensions are the client's role and topic names, never ids.
struct ClientStatistics: Sendable {
    /// One number for the metrics.
    struct Reading: Equatable {
        let label: String
        var topic: String?
        let value: Double
    }

    let role: String

    func record(_ json: UnsafeRawBufferPointer, logger: Logger) {
        do {
            for reading in try Self.readings(Data(json)) {
                let topic = reading.topic.map { [("topic", $0)] } ?? []
                Gauge(label: reading.label, dimensions: [("client", role)] + topic).record(reading.value)
            }
        } catch {
            logger.debug(
                "librdkafka's statistics could not be read", metadata: [KafkaLogKeys.error: "\(error)"])
        }
    }

    static func readings(_ json: Data) throws -> [Reading] {
        let report = try JSONDecoder().decode(Report.self, from: json)
        var readings = [
            Reading(label: "kafka_client_reply_queue", value: Double(report.replyq)),
            Reading(label: "kafka_client_queue_records", value: Double(report.msg_cnt ?? 0)),
            Reading(label: "kafka_client_queue_bytes", value: Double(report.msg_size ?? 0)),
        ]
        let roundTrips = (report.brokers ?? [:]).values.compactMap(\.rtt).filter { $0.cnt > 0 }.map(\.avg)
        if let slowest = roundTrips.max() {
            readings.append(Reading(label: "kafka_client_round_trip_ms", value: Double(slowest) / 1000))
        }
        for (topic, unread) in unread(report).sorted(by: { $0.key < $1.key }) {
            readings.append(
                Reading(label: "kafka_consumer_unread_records", topic: topic, value: Double(unread)))
        }
        return readings
    }

    /// Records that the consumer has not been given yet, by topic. librdkafka's own lag counts from the
    /// committed offset as this client knows it, which offsets committed in transactions never reach.
    private static func unread(_ report: Report) -> [String: Int64] {
        (report.topics ?? [:]).compactMapValues { topic in
            let counts = topic.partitions.values.compactMap { partition -> Int64? in
                guard let read = partition.app_offset, let end = partition.ls_offset, read >= 0, end >= 0
                else { return nil }
                return max(0, end - read)
            }
            return counts.isEmpty ? nil : counts.reduce(0, +)
        }
    }
}

/// The part of librdkafka's report that is read. Source: STATISTICS.md of release 2.0.2.
private struct Report: Decodable {
    struct Broker: Decodable {
        struct Window: Decodable {
            /// Microseconds.
            let avg: Int64
            let cnt: Int64
        }
        let rtt: Window?
    }
    struct Topic: Decodable {
        struct Partition: Decodable {
            let app_offset: Int64?
            let ls_offset: Int64?
        }
        let partitions: [String: Partition]
    }
    /// Operations that wait for the polling thread.
    let replyq: Int64
    let msg_cnt: Int64?
    let msg_size: Int64?
    let brokers: [String: Broker]?
    let topics: [String: Topic]?
}
