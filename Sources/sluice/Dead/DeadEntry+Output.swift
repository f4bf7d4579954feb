// Dead letters as they are printed.

import Flow
import Liquid
import Pipeline

extension DeadEntry {
    var row: [String] {
        [
            place.description, letter.time, letter.connector, letter.store ?? "", letter.stage.rawValue,
            state.rawValue, letter.actionRun?.description ?? "", letter.reason,
        ]
    }

    /// What a narrow terminal does without; the place names the letter, too.
    static let spare: Set<String> = ["ACTION RUN"]

    static let head = ["PLACE", "TIME", "CONNECTOR", "STORE", "STAGE", "STATE", "ACTION RUN", "REASON"]

    /// `{"place", "time", "connector", "store"?, "stage", "state", "replay", "reason", "action_run_id"?,
    /// "event_id"?, "holds_key"?, "replay_of"?, "source": {…}}`
    var json: JSON { .object(members) }

    private var members: [String: JSON] {
        let optional: [String: JSON?] = [
            "store": letter.store.map { .string($0) },
            "action_run_id": letter.actionRun.map { .string($0.description) },
            "event_id": ownEventID.map { .string($0) },
            "holds_key": letter.holdsKey ? .bool(true) : nil,
            "replay_of": letter.header(HeaderName.replayOf).map { .string($0) },
        ]
        let fixed: [String: JSON] = [
            "place": .string(place.description), "time": .string(letter.time),
            "connector": .string(letter.connector),
            "stage": .string(letter.stage.rawValue), "state": .string(state.rawValue),
            "replay": .integer(Int64(letter.replay)), "reason": .string(letter.reason),
            "source": [
                "topic": .string(letter.place.topic), "partition": .integer(Int64(letter.place.partition)),
                "offset": .integer(letter.place.offset),
            ],
        ]
        return fixed.merging(optional.compactMapValues { $0 }) { own, _ in own }
    }

    /// Of an unusable trigger record, where its headers have one.
    private var ownEventID: String? { letter.stage == .trigger ? letter.header(HeaderName.id) : nil }

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
            ("place", place.description), ("time", letter.time), ("connector", letter.connector),
            ("store", letter.store ?? "unknown"),
            ("stage", letter.stage.rawValue), ("state", stateText), ("reason", letter.reason),
            ("came from", "\(letter.place)"),
        ]
        if let run = letter.actionRun { lines.append(("action run", run.description)) }
        if letter.holdsKey, LetterState.unresolved.contains(state) {
            lines.append(("holds", "the runs behind it, until it is replayed or discarded"))
        }
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

    private var stateText: String {
        switch letter.replay {
        case 0: state.rawValue
        case 1: "\(state.rawValue) (this is what became of its first replay)"
        case let count: "\(state.rawValue) (this is what became of its replay number \(count))"
        }
    }
}
