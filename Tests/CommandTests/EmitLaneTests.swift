import Kafka
import Testing

@testable import sluice

/// The bounded queue between the maker of events and a sender.
@Suite struct EmitLaneTests {
    private static func record(_ number: Int) -> ProducerRecord {
        ProducerRecord(topic: "\(number)", key: nil, value: nil)
    }

    @Test(.timeLimit(.minutes(1)))
    func `records arrive in order, all of them, and then the end`() async {
        let lane = EmitLane()
        let total = 5 * EmitLane.limit + 7
        async let taken = {
            var topics: [String] = []
            while true {
                let records = await lane.take()
                if records.isEmpty { return topics }
                #expect(records.count <= EmitLane.limit)
                topics += records.map(\.topic)
            }
        }()
        var refused = 0
        for number in 0..<total where await !lane.put(Self.record(number)) { refused += 1 }
        lane.finish()
        #expect(refused == 0)
        #expect(await taken == (0..<total).map(String.init))
    }

    @Test(.timeLimit(.minutes(1)))
    func `a closed lane wakes who waits and takes nothing more`() async {
        let lane = EmitLane()
        for number in 0..<EmitLane.limit { _ = await lane.put(Self.record(number)) }
        async let last = lane.put(Self.record(-1))
        lane.close()
        #expect(await last == false)
        #expect(await lane.put(Self.record(-2)) == false)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a cancelled taker comes back`() async {
        let lane = EmitLane()
        let task = Task { await lane.take() }  // unstructured, to be cancelled from outside
        task.cancel()
        #expect(await task.value.isEmpty)
    }
}
