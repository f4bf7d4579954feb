// `--dry-run` of emit: the records as they would be sent.

import Flow
import Liquid

/// Records for people and as JSON, written one by one. The JSON is whole also where a later record can't be made.
enum RecordListing {
    static func print(_ maker: EventMaker, topics: Topics, _ printer: Printer) throws {
        var maker = maker
        var isFirst = true
        if printer.isJSON { try Terminal.write("[") }
        while let event = try next(&maker, printer) {
            let record = event.record(topics)
            if printer.isJSON {
                try Terminal.write("\(isFirst ? "" : ",")\n\(json(record, event).prettyText)")
            } else {
                try Terminal.write("\(isFirst ? "" : "\n")\(text(record, event))\n")
            }
            isFirst = false
        }
        if printer.isJSON { try Terminal.write("\n]\n") }
    }

    private static func next(_ maker: inout EventMaker, _ printer: Printer) throws -> TriggerEvent? {
        do {
            return try maker.next()
        } catch {
            if printer.isJSON { try Terminal.write("\n]\n") }
            throw error
        }
    }

    private static func text(_ record: WireRecord, _ event: TriggerEvent) -> String {
        let headers = record.headers.map { "\($0.name): \(String(decoding: $0.value, as: UTF8.self))" }
        let lines = ["topic: \(record.topic)", "key: \(record.keyText ?? "")"] + headers
        return lines.map(TextWidth.printable).joined(separator: "\n") + "\n\(event.payload.prettyText)"
    }

    private static func json(_ record: WireRecord, _ event: TriggerEvent) -> JSON {
        let headers = record.headers.map { ($0.name, JSON.string(String(decoding: $0.value, as: UTF8.self))) }
        return [
            "topic": .string(record.topic), "key": .string(record.keyText ?? ""), "value": event.payload,
            "headers": .object(Dictionary(headers, uniquingKeysWith: { _, last in last })),
        ]
    }
}
