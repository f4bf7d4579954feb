import Flow
import Kafka
import Liquid

/// A dead letter with its place in the dead topic, and what became of it.
package struct DeadEntry: Hashable, Sendable {
    package let place: LetterPlace
    /// Milliseconds since 1970, by the broker; -1 where it isn't known.
    package let timestamp: Int64
    package var letter: DeadLetter
    package var state: LetterState

    package init(place: LetterPlace, timestamp: Int64, letter: DeadLetter, state: LetterState? = nil) {
        self.place = place
        self.timestamp = timestamp
        self.letter = letter
        self.state = state ?? (letter.replay > 0 ? .failedAgain : .open)
    }

    package var withoutValue: DeadEntry {
        var entry = self
        entry.letter.value = nil
        return entry
    }
}

extension DeadLetter {
    /// How often it had been sent again when it failed. Of a trigger event its publisher may have written anything.
    package var replay: Int {
        header(HeaderName.replay).flatMap { Int($0) }.map { min(max($0, 0), 1_000_000) } ?? 0
    }

    /// Of the run that it is about; also where only the original record says it.
    package var runID: RunID? {
        actionRun ?? (stage == .trigger ? nil : header(HeaderName.id).flatMap { RunID($0) })
    }

    /// The id of the trigger event that it is, or that its run belongs to. Reads the value where only that has it.
    package var eventID: String? {
        if stage == .trigger, !isStructuredEvent { return header(HeaderName.id) }
        guard let value, let document = try? JSONParser.parse(value) else { return nil }  // no JSON, no id
        return document[stage == .trigger ? "id" : "event_id"]?.stringValue
    }

    /// A trigger event whose attributes stand in its value.
    package var isStructuredEvent: Bool {
        stage == .trigger
            && header(HeaderName.contentType)?.lowercased().hasPrefix("application/cloudevents+json") == true
    }

    /// What lets the runs behind it go on where they wait for it.
    package var release: WireRecord? {
        guard holdsKey, let runID else { return nil }
        return DecisionRecord(key: RunKey(id: runID, replay: replay), decision: .release)
            .record(topic: place.topic, partition: place.partition)
    }

    /// Text of the last header of the original record of that name.
    package func header(_ name: String) -> String? {
        headers.last { $0.name == name }.flatMap { String(validating: $0.value, as: UTF8.self) }
    }
}
