/// What a person did with a dead letter: a record of the dead topic beside the letters, in the letter's partition.
///
/// The topic is the state: a letter without one is open. Headers: `sluice_format`, `sluice_resolution`,
/// `sluice_letter_partition`, `sluice_letter_offset`, `sluice_replay`, `sluice_replayed_as` (of a replay),
/// `sluice_time`, `sluice_command`; no value.
package struct DeadResolution: Hashable, Sendable {
    package enum Deed: Hashable, Sendable {
        /// Sent again, for the n-th time; as which copy.
        case replayed(count: Int, as: String)
        case discarded
    }

    package static let format = "1"

    package var partition: Int32
    /// The letter's.
    package var offset: Int64
    package var deed: Deed
    /// The letter's; the record's key.
    package var store: String?
    /// RFC 3339, by the command's clock.
    package var time: String
    package var command: String

    package init(
        partition: Int32, offset: Int64, deed: Deed, store: String?, time: String, command: String
    ) {
        self.partition = partition
        self.offset = offset
        self.deed = deed
        self.store = store
        self.time = time
        self.command = command
    }

    package func record(_ topics: Topics) -> WireRecord {
        var headers = [
            WireHeader(HeaderName.format, Self.format),
            WireHeader(HeaderName.resolution, deed.word),
            WireHeader(HeaderName.letterPartition, partition),
            WireHeader(HeaderName.letterOffset, offset),
            WireHeader(HeaderName.deadTime, time),
            WireHeader(HeaderName.command, command),
        ]
        if case .replayed(let count, let copy) = deed {
            headers.append(WireHeader(HeaderName.replay, count))
            headers.append(WireHeader(HeaderName.replayedAs, copy))
        }
        return WireRecord(
            topic: topics.dead, partition: partition, key: store.map { Array($0.utf8) }, value: [],
            headers: headers)
    }

    /// What a record of the dead topic is.
    package enum Reading: Hashable, Sendable {
        case letter(DeadLetter)
        case resolution(DeadResolution)
        /// Says what became of a letter, in a form that this version can't read.
        case unreadable
        /// Neither.
        case stranger
    }

    /// A letter keeps the headers of whoever wrote the original record, so what is a letter is never a resolution.
    package static func read(_ record: WireRecord) -> Reading {
        if let letter = DeadLetter(record) { return .letter(letter) }
        guard record.header(HeaderName.resolution) != nil, record.header(HeaderName.deadStage) == nil else {
            return .stranger
        }
        return DeadResolution(record).map { .resolution($0) } ?? .unreadable
    }

    private init?(_ record: WireRecord) {
        guard record.header(HeaderName.format) == Self.format, let deed = Deed(record),
            let partition = record.header(HeaderName.letterPartition).flatMap({ Int32($0) }),
            let offset = record.header(HeaderName.letterOffset).flatMap({ Int64($0) }),
            let time = record.header(HeaderName.deadTime), let command = record.header(HeaderName.command)
        else { return nil }
        self.init(
            partition: partition, offset: offset, deed: deed, store: record.keyText, time: time,
            command: command)
    }
}

extension DeadResolution.Deed {
    package var word: String {
        switch self {
        case .replayed: "replayed"
        case .discarded: "discarded"
        }
    }

    fileprivate init?(_ record: WireRecord) {
        switch record.header(HeaderName.resolution) {
        case "discarded": self = .discarded
        case "replayed":
            guard let count = record.header(HeaderName.replay).flatMap({ Int($0) }), count > 0,
                let copy = record.header(HeaderName.replayedAs)
            else { return nil }
            self = .replayed(count: count, as: copy)
        default: return nil
        }
    }
}
