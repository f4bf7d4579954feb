import Kafka
import TestSupport
import Testing

@testable import Pipeline

@Suite struct MatchBoardTests {
    @Test func `commits never go back, and never pass what was not decided, over 5,000 random sequences`()
        throws
    {
        try withSeed(runs: 5000) { random in
            let partition = TopicPartition(topic: "triggers", partition: 0)
            var board = MatchBoard()
            var (next, committed): (Int64, Int64) = (0, 0)
            for _ in 0..<30 {
                switch Int.random(in: 0...3, using: &random) {
                case 0, 1:
                    // Markers of transactions and what compaction removed leave gaps.
                    next += Int64.random(in: 0...1, using: &random)
                    board.decided(next, of: partition)
                    next += 1
                case 2:
                    next += Int64.random(in: 0...1, using: &random)
                    board.reached(PartitionEnd(topicPartition: partition, offset: next))
                default:
                    if Bool.random(using: &random) { board.commitEnds() }
                    for commit in board.take().offsets {
                        try #require(commit.offset >= committed, "it goes back")
                        try #require(commit.offset <= next, "it runs ahead")
                        committed = commit.offset
                    }
                }
            }
            board.commitEnds()
            committed = board.take().offsets.last?.offset ?? committed
            try #require(!board.hasPending)
        }
    }
}
