// A dead letter with its place in the dead topic.

import Flow
import Kafka
import Liquid
import Pipeline

/// One record of the dead topic.
struct DeadEntry: Hashable, Sendable {
    let partition: Int32
    let offset: Int64
    /// Milliseconds since 1970, by the broker; -1 where it isn't known.
    let timestamp: Int64
    let letter: DeadLetter

    init(partition: Int32, offset: Int64, timestamp: Int64, letter: DeadLetter) {
        self.partition = partition
        self.offset = offset
        self.timestamp = timestamp
        self.letter = letter
    }

    /// Nil for a record that is no dead letter.
    init?(_ record: ConsumedRecord) {
        guard let letter = DeadLetter(WireRecord(record)) else { return nil }
        self.init(
            partition: record.topicPartition.partition, offset: record.offset, timestamp: record.timestamp,
            letter: letter)
    }

    var withoutValue: DeadEntry {
        var letter = letter
        letter.value = nil
        return DeadEntry(partition: partition, offset: offset, timestamp: timestamp, letter: letter)
    }

    /// What `dead show` takes.
    var place: String { "\(partition)/\(offset)" }

    var row: [String] {
        [
            place, letter.time, letter.connector, letter.store ?? "", letter.stage.rawValue,
            letter.actionRun?.description ?? "", letter.reason,
        ]
    }

    static let head = ["PLACE", "TIME", "CONNECTOR", "STORE", "STAGE", "ACTION RUN", "REASON"]

    /// `{"place", "time", "connector", "store"?, "stage", "reason", "action_run_id"?, "event_id"?, "source": {…}}`
    var json: JSON { .object(members) }

    private var members: [String: JSON] {
        let optional: [String: JSON?] = [
            "store": letter.store.map { .string($0) },
            "action_run_id": letter.actionRun.map { .string($0.description) },
            "event_id": eventID.map { .string($0) },
        ]
        let fixed: [String: JSON] = [
            "place": .string(place), "time": .string(letter.time), "connector": .string(letter.connector),
            "stage": .string(letter.stage.rawValue), "reason": .string(letter.reason),
            "source": [
                "topic": .string(letter.place.topic), "partition": .integer(Int64(letter.place.partition)),
                "offset": .integer(letter.place.offset),
            ],
        ]
        return fixed.merging(optional.compactMapValues { $0 }) { own, _ in own }
    }

    /// Of an unusable trigger record, where it has one.
    private var eventID: String? { letter.stage == .trigger ? header(HeaderName.id) : nil }

    private func header(_ name: String) -> String? {
        letter.headers.last { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
    }

    // MARK: The whole record

    /// The same with headers and value. A value that is no JSON is given as text, and as base64 where it is no text.
    var fullJSON: JSON {
        var members = members
        let headers = letter.headers.map { ($0.name, JSON.string(String(decoding: $0.value, as: UTF8.self))) }
        members["headers"] = .object(Dictionary(headers, uniquingKeysWith: { _, last in last }))
        switch DeadValue(letter.value) {
        case .none: members["value"] = .null
        case .json(let value): members["value"] = value
        case .text(let text): members["value_text"] = .string(text)
        case .bytes(let base64): members["value_base64"] = .string(base64)
        }
        return .object(members)
    }

    var page: String {
        var lines = [
            ("place", place), ("time", letter.time), ("connector", letter.connector),
            ("store", letter.store ?? "unknown"),
            ("stage", letter.stage.rawValue), ("reason", letter.reason), ("came from", "\(letter.place)"),
        ]
        if let run = letter.actionRun { lines.append(("action run", run.description)) }
        let headers = letter.headers.map { ($0.name, String(decoding: $0.value, as: UTF8.self)) }
        let width = (lines + headers).map { TextWidth.of($0.0) }.max() ?? 0
        func text(_ pairs: [(String, String)]) -> [String] {
            pairs.map { name, value in
                "\(name):\(String(repeating: " ", count: width - TextWidth.of(name) + 2))\(TextWidth.printable(value))"
            }
        }
        return (text(lines) + ["", "headers"] + text(headers) + ["", "value", DeadValue(letter.value).text])
            .joined(separator: "\n")
    }
}
