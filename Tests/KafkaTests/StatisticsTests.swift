import Foundation
import Testing

@testable import Kafka

@Suite struct StatisticsTests {
    /// Shortened from what librdkafka 2.0.2 reports.
    static let report = """
        {"name":"x#consumer-1","replyq":2,"msg_cnt":7,"msg_size":700,"msg_max":100000,
         "brokers":{
          "a:1/1":{"nodeid":1,"rtt":{"min":100,"max":900,"avg":500,"cnt":3}},
          "a:2/2":{"nodeid":2,"rtt":{"min":100,"max":9000,"avg":2500,"cnt":1}},
          "a:3/bootstrap":{"nodeid":-1,"rtt":{"min":0,"max":0,"avg":9999,"cnt":0}}},
         "topics":{
          "orders":{"topic":"orders","partitions":{
           "0":{"partition":0,"app_offset":10,"ls_offset":15,"consumer_lag":-1},
           "1":{"partition":1,"app_offset":4,"ls_offset":4,"consumer_lag":-1},
           "-1":{"partition":-1,"app_offset":-1001,"ls_offset":-1001}}},
          "idle":{"topic":"idle","partitions":{"0":{"partition":0,"app_offset":-1001,"ls_offset":9}}}}}
        """

    @Test func `queues, the slowest broker and unread records are read`() throws {
        let readings = try ClientStatistics.readings(Data(Self.report.utf8))
        #expect(
            readings == [
                .init(label: "kafka_client_reply_queue", value: 2),
                .init(label: "kafka_client_queue_records", value: 7),
                .init(label: "kafka_client_queue_bytes", value: 700),
                .init(label: "kafka_client_round_trip_ms", value: 2.5),
                .init(label: "kafka_consumer_unread_records", topic: "orders", value: 5),
            ])
    }

    @Test func `a report of another shape is an error, not a crash`() {
        #expect(throws: (any Error).self) { try ClientStatistics.readings(Data("[]".utf8)) }
    }
}
