import Kafka
import Pipeline
import Testing

@Suite struct OutputOrderTests {
    private static func record(_ key: String, _ value: [UInt8]?, partition: Int32 = 0) -> ProducerRecord {
        ProducerRecord(
            topic: "waiting", partition: partition, key: Array(key.utf8), value: value, headers: [])
    }

    @Test func `a tombstone goes last but where a newer record of its key follows`() {
        let records = [
            Self.record("a", nil), Self.record("b", [1]), Self.record("a", [2]), Self.record("b", nil),
            Self.record("a", nil, partition: 1), Self.record("c", nil), Self.record("c", nil),
        ]
        #expect(OutputWriter.lastTombstones(records) == [false, false, false, true, true, true, true])
    }
}
