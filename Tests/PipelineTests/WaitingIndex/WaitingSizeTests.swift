import Flow
import Foundation
import Pipeline
import TestSupport
import Testing
import Workers

/// What many waiting runs cost in one process.
@Suite struct WaitingSizeTests {
    private static let count = 200_000

    /// Other tests of the process take and give memory meanwhile: of three measurements the least counts.
    @Test func `a waiting run takes at most 200 bytes of memory, its key, store and due time included`()
        throws
    {
        var least = Int.max
        for turn in 0..<3 where least > 200 {
            let before = try residentBytes()
            let queue = restored(turn)
            let bytes = (try residentBytes() - before) / Self.count
            #expect(queue.waitingCount == Self.count)
            least = min(least, bytes)
        }
        #expect(least <= 200, "\(least) bytes")
    }

    private func residentBytes() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return try #require(fields.dropFirst().first.flatMap { Int($0) }) * Int(getpagesize())
    }

    /// Each has a key of its own, and 10,000 stores share them.
    private func restored(_ turn: Int) -> PartitionQueue {
        var queue = PartitionQueue(ledger: OffsetLedger(start: Int64(Self.count)), payloadLimit: 0)
        var random = SplitMix64(seed: UInt64(turn))
        for number in 0..<Self.count {
            let store = "tea-house-\(number % 10_000).myshopify.com"
            queue.restore(
                QueuedRun(
                    key: RunKey(id: RunID(high: random.next(), low: random.next()), replay: 0),
                    position: Int64(number), orderingKey: "\(store)/loyalty/customer-\(number)", store: store,
                    attempts: 3, age: 65_000, firstAttempt: 1_764_000_000_000, record: nil),
                cause: .retry, offset: Int64(number),
                dueIn: .milliseconds(Int.random(in: 1...3_600_000, using: &random)), now: .zero)
        }
        queue.restored(now: .zero)
        return queue
    }
}
