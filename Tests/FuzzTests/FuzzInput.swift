import Flow

/// What a target is given: one text, or the parts of a record. Any bytes.
struct FuzzInput: CustomStringConvertible, Sendable {
    var parts: [[UInt8]]

    init(parts: [[UInt8]]) {
        self.parts = parts
    }

    init(_ texts: String...) {
        parts = texts.map { Array($0.utf8) }
    }

    /// A record as its key, its value, and the name and value of each header. An empty key or value is none.
    init(_ record: WireRecord) {
        parts = [record.key ?? [], record.value ?? []]
        for header in record.headers { parts += [Array(header.name.utf8), header.value] }
    }

    var bytes: [UInt8] { parts.first ?? [] }

    var text: String { text(0) }

    func text(_ index: Int) -> String {
        index < parts.count ? String(decoding: parts[index], as: UTF8.self) : ""
    }

    var record: WireRecord {
        let headers = stride(from: 2, to: parts.count - 1, by: 2).map {
            WireHeader(String(decoding: parts[$0], as: UTF8.self), parts[$0 + 1])
        }
        return WireRecord(
            topic: "fuzz", partition: 0, key: parts.first.flatMap { $0.isEmpty ? nil : $0 },
            value: parts.count > 1 && !parts[1].isEmpty ? parts[1] : nil, headers: headers)
    }

    /// In hexadecimal digits, parts joined by colons, so that it can be given back as a sample.
    var description: String {
        parts.map { part in
            part.map { (($0 < 16) ? "0" : "") + String($0, radix: 16) }.joined()
        }.joined(separator: ":")
    }
}
