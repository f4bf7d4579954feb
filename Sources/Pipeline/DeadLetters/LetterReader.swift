import Flow
import Kafka
import Logging
import Workers

/// Reads the dead topic, and keeps no more of it than is asked for.
package struct LetterReader: Sendable {
    private static let stretch: Int64 = 2_000
    private static let bound = Duration.seconds(60)
    private static let questionBound = Duration.seconds(8)

    private let topic: String
    private let reader: PartitionReader
    package let partitions: [Int32]

    /// - Parameter count: of the topic's partitions.
    package init(topic: String, reader: PartitionReader, partitions count: Int) {
        self.topic = topic
        self.reader = reader
        partitions = Array(0..<Int32(count))
    }

    /// What can't be told from the topic.
    package struct UnreadableResolutions: Error, CustomStringConvertible {
        let partition: TopicPartition
        let count: Int
        package var description: String {
            "\(count.counted("record")) of \(partition) \(count == 1 ? "says" : "say") what became of letters, in a form that this version can't read; "
                + "do it with the version that wrote them, or a later one"
        }
    }

    // MARK: All letters

    /// The part of a partition that can hold wanted letters, as it is at this moment.
    package struct Part: Hashable, Sendable {
        package let partition: Int32
        package let letters: Range<Int64>
        /// The partition's end: what became of the letters stands before it.
        package let end: Int64
    }

    package func part(_ partition: Int32, _ filter: LetterFilter) async throws -> Part? {
        guard let range = filter.range(in: partition) else { return nil }
        let (low, high) = try await reader.watermarks(of: place(partition), within: Self.questionBound)
        let letters = range.clamped(to: low..<high)
        return letters.isEmpty ? nil : Part(partition: partition, letters: letters, end: high)
    }

    /// What became of the letters of a part.
    package func index(of part: Part) async throws -> ResolutionIndex {
        var index = ResolutionIndex()
        let stretch = PartitionReader.Stretch(
            place(part.partition), from: part.letters.lowerBound, to: part.end)
        try await reader.read([stretch], within: Self.bound) { records in
            for record in records { index.take(DeadResolution.read(WireRecord(record))) }
        }
        return index
    }

    /// Goes through the letters of a part, the oldest first.
    ///
    /// - Parameter body: gets some letters and the offset after them, and returns whether it wants more.
    package func each(
        of part: Part, _ index: ResolutionIndex, _ body: ([DeadEntry], Int64) async throws -> Bool
    ) async throws {
        let stretch = PartitionReader.Stretch(
            place(part.partition), from: part.letters.lowerBound, to: part.letters.upperBound)
        try await reader.stream([stretch], within: Self.bound) { records in
            let entries = records.compactMap { Self.entry($0, index) }
            return try await body(entries, (records.last?.offset ?? part.letters.lowerBound) + 1)
        }
    }

    /// - Throws: `UnreadableResolutions`, for those who are about to write.
    package func check(_ index: ResolutionIndex, _ partition: Int32) throws {
        guard index.unreadable > 0 else { return }
        throw UnreadableResolutions(partition: place(partition), count: index.unreadable)
    }

    // MARK: The newest

    /// The newest letters that fit, newest first, at most `limit`; without their values, which may be large.
    ///
    /// Each partition is read backwards in stretches: what is wanted is mostly at the end, and the topic may be long.
    package func newest(_ limit: Int, _ filter: LetterFilter) async throws -> [DeadEntry] {
        var found: [DeadEntry] = []
        for partition in partitions {
            found += try await newest(limit, filter, in: partition)
            // By place where times are equal, so that equal topics give equal lists.
            found.sort { ($0.timestamp, $0.place) > ($1.timestamp, $1.place) }
            found.removeLast(max(0, found.count - limit))
        }
        return found
    }

    private func newest(_ limit: Int, _ filter: LetterFilter, in partition: Int32) async throws -> [DeadEntry]
    {
        guard let part = try await part(partition, filter) else { return [] }
        var inAnyState = filter
        inAnyState.states = nil
        var index = ResolutionIndex()
        var found: [DeadEntry] = []
        var end = part.end
        while end > part.letters.lowerBound, found.count < limit {
            let start = max(part.letters.lowerBound, end - Self.stretch)
            var fitting: [DeadEntry] = []
            var isPast = false
            let stretch = PartitionReader.Stretch(place(partition), from: start, to: end)
            try await reader.read([stretch], within: Self.bound) { records in
                for record in records {
                    let reading = DeadResolution.read(WireRecord(record))
                    index.take(reading)
                    guard case .letter(let letter) = reading else { continue }
                    if let since = filter.since, record.timestamp >= 0, record.timestamp < since {
                        isPast = true
                    }
                    let entry = Self.entry(record, letter)
                    // What became of it may stand later in this stretch.
                    if inAnyState.fits(entry) { fitting.append(entry.withoutValue) }
                }
            }
            let chosen = fitting.map { $0.folded(index) }.filter {
                filter.states?.contains($0.state) != false
            }
            found += chosen.reversed().prefix(limit - found.count)
            // The broker's times only grow: what lies before is older still.
            if isPast { break }
            end = start
        }
        return found
    }

    /// The letter at a place.
    package func entry(at place: LetterPlace) async throws -> DeadEntry? {
        var filter = LetterFilter()
        filter.places = [place]
        guard partitions.contains(place.partition), let part = try await part(place.partition, filter) else {
            return nil
        }
        let index = try await index(of: part)
        var found: DeadEntry?
        try await each(of: part, index) { entries, _ in
            found = entries.first { $0.place == place }
            return found == nil
        }
        return found
    }

    private func place(_ partition: Int32) -> TopicPartition {
        TopicPartition(topic: topic, partition: partition)
    }

    private static func entry(_ record: ConsumedRecord, _ letter: DeadLetter) -> DeadEntry {
        DeadEntry(
            place: LetterPlace(partition: record.topicPartition.partition, offset: record.offset),
            timestamp: record.timestamp, letter: letter)
    }

    private static func entry(_ record: ConsumedRecord, _ index: ResolutionIndex) -> DeadEntry? {
        DeadLetter(WireRecord(record)).map { entry(record, $0).folded(index) }
    }
}
