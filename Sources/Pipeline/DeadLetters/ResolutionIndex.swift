import Flow

/// What became of the letters of one partition of the dead topic, folded from its resolution records.
///
/// The order of the records doesn't count, so that the topic can be read in either direction: who was once sent again
/// was sent again, whatever somebody said later. It keeps some dozens of bytes for each letter that is resolved.
package struct ResolutionIndex: Sendable {
    private struct Mark {
        var replays: Int
    }

    private var marks: [Int64: Mark] = [:]
    private var copies: Set<RunID> = []
    /// Records that a newer version wrote: what they say is not known.
    package private(set) var unreadable = 0

    package init() {}

    package var count: Int { marks.count }

    package mutating func take(_ reading: DeadResolution.Reading) {
        switch reading {
        case .letter, .stranger: break
        case .unreadable: unreadable += 1
        case .resolution(let resolution): take(resolution)
        }
    }

    package mutating func take(_ resolution: DeadResolution) {
        switch resolution.deed {
        case .discarded:
            marks[resolution.offset, default: Mark(replays: 0)].replays += 0
        case .replayed(let count, let copy):
            let replays = marks[resolution.offset]?.replays ?? 0
            marks[resolution.offset] = Mark(replays: max(replays, count))
            copies.insert(Self.digest(copy, store: resolution.store))
        }
    }

    package func state(of letter: DeadLetter, at offset: Int64) -> LetterState {
        guard let mark = marks[offset] else { return letter.replay > 0 ? .failedAgain : .open }
        return mark.replays > 0 ? .replayed : .discarded
    }

    /// Whether this very copy was sent, for this letter or for another one of the same.
    package func wasSent(_ copy: String, store: String?) -> Bool {
        copies.contains(Self.digest(copy, store: store))
    }

    private static func digest(_ copy: String, store: String?) -> RunID {
        .workflowRun(store: store ?? "", source: "", event: copy, workflow: "")
    }
}

extension DeadEntry {
    /// The same with what became of it.
    package func folded(_ index: ResolutionIndex) -> DeadEntry {
        var entry = self
        entry.state = index.state(of: letter, at: place.offset)
        return entry
    }
}
