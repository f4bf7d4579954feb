// Reads the answers of a script. The forms they may have are listed in `forms`, which is also the error's text.

import Flow
import Liquid

extension ScriptedAnswer {
    private static let forms =
        "a status from 200 to 599, ok, html, garbage, no-answer, close, lost, or a map with status, slow_ms, return_value or vendor"
    /// Of one `slow_ms`: as long as `no-answer` may last.
    private static let slowLimitMS: Int64 = 60_000

    /// The answers of a list, or the one that stands in its place.
    static func list(_ node: DocumentNode, reader: DocumentReader, place: String) -> [ScriptedAnswer] {
        guard case .list(let items) = node.content else {
            return read(node, reader: reader, place: place).map { [$0] } ?? []
        }
        if items.isEmpty {
            reader.report("\(place) is empty; write at least one answer", at: node.mark)
        }
        return items.enumerated().compactMap { index, item in
            read(item, reader: reader, place: "\(place)[\(index)]")
        }
    }

    private static func read(_ node: DocumentNode, reader: DocumentReader, place: String) -> ScriptedAnswer? {
        switch node.content {
        case .scalar(.integer(let status)) where (200...599).contains(status):
            return .status(Int(status))
        case .scalar(.string(let name)):
            if let answer = named(name) { return answer }
            reader.report("\(place): “\(name)” is no answer; \(forms) should stand here", at: node.mark)
            return nil
        case .map:
            return read(reader.reader(of: node, place))
        default:
            reader.report("\(place): \(forms) should stand here", at: node.mark)
            return nil
        }
    }

    private static func named(_ name: String) -> ScriptedAnswer? {
        switch name {
        case "ok": .ok
        case "html": .html
        case "garbage": .garbage
        case "no-answer": .noAnswer
        case "close": .close
        case "lost": .lost
        default: nil
        }
    }

    private static func read(_ reader: DocumentReader) -> ScriptedAnswer? {
        if reader.has("slow_ms") {
            let delay = reader.optionalInteger("slow_ms", in: 0...slowLimitMS)
            let then = reader.optional("then").map { read($0, reader: reader, place: reader.join("then")) }
            reader.finish()
            return delay.flatMap { delay in (then ?? .ok).map { .slow(.milliseconds(delay), then: $0) } }
        }
        if reader.has("return_value") {
            let value = reader.optional("return_value")?.value
            reader.finish()
            return value.map { .returnValue($0) }
        }
        if reader.has("vendor") {
            let name = reader.optionalString("vendor")
            reader.finish()
            return name.map { .vendor($0) }
        }
        guard reader.has("status") else {
            reader.report("\(reader.path): one of status, slow_ms, return_value and vendor should stand here")
            return nil
        }
        return CannedResponse(reader).map { .respond($0) }
    }
}

extension CannedResponse {
    /// Of `retry_after` and `retry_after_date`: a day, enough to test the clamp of any client.
    private static let retryAfterLimit: Int64 = 86_400

    fileprivate init?(_ reader: DocumentReader) {
        let status = reader.optionalInteger("status", in: 200...599)
        let seconds = reader.optionalInteger("retry_after", in: 0...Self.retryAfterLimit)
        let date = reader.optionalInteger("retry_after_date", in: 0...Self.retryAfterLimit)
        if seconds != nil, date != nil {
            reader.report("\(reader.join("retry_after")) and retry_after_date stand here both; keep one")
        }
        let body = reader.optional("body").map(Self.text)
        let headers = reader.reader("headers").map(Self.headers) ?? []
        reader.finish()
        guard let status else { return nil }
        self.init(
            status: Int(status), body: body,
            retryAfter: seconds.map { .seconds($0) } ?? date.map { .date(secondsFromNow: $0) },
            headers: headers)
    }

    /// Text as it stands, anything else as JSON.
    private static func text(_ node: DocumentNode) -> String {
        node.value.stringValue ?? node.value.jsonText
    }

    private static func headers(_ reader: DocumentReader) -> [Header] {
        guard case .map(let members) = reader.node.content else { return [] }
        return members.compactMap { member in
            let place = reader.join(member.name)
            guard !member.name.isEmpty, member.name.utf8.allSatisfy(isTokenByte) else {
                reader.report("\(place) is no name of a header", at: member.nameMark)
                return nil
            }
            let value = text(member.node)
            guard case .scalar = member.node.content, value.utf8.allSatisfy({ (0x20..<0x7F).contains($0) })
            else {
                reader.report("\(place): printable ASCII text should stand here", at: member.node.mark)
                return nil
            }
            return Header(name: member.name, value: value)
        }
    }

    /// RFC 9110's token characters.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
