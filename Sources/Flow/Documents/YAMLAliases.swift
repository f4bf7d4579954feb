/// Looks for aliases in the place of a member's name, before the YAML library composes the text.
///
/// The library hashes names with all that is in them, and an alias of aliases unfolds without end while it does: a few
/// hundred bytes keep it busy for years. It has no event stream to look at, so the bytes are: an alias counts as one
/// where its anchor stands before it, as a name where `:` or a closing bracket with `:` follows on its line, or where
/// the text has a `?` that may begin a name. Inside of quotes that is a false alarm, and the message says how to write
/// it; that nothing is missed matters more.
struct YAMLAliases {
    private let bytes: [UInt8]
    private var anchors: Set<ArraySlice<UInt8>> = []
    private var line = 1
    private var lineStart = 0
    private var explicitName: DocumentNode.Mark?
    private var alias: DocumentNode.Mark?

    private init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// Where an alias stands, or may stand, in a name; nil for a text that is safe to compose.
    static func placeInName(_ text: String) -> DocumentNode.Mark? {
        // Without both of them there is no alias.
        guard text.utf8.contains(UInt8(ascii: "*")), text.utf8.contains(UInt8(ascii: "&")) else { return nil }
        var scan = YAMLAliases(text)
        return scan.search()
    }

    private mutating func search() -> DocumentNode.Mark? {
        for index in bytes.indices {
            switch bytes[index] {
            case UInt8(ascii: "\n"):
                line += 1
                lineStart = index + 1
            case UInt8(ascii: "&"):
                let name = name(after: index)
                if !name.isEmpty { anchors.insert(name) }
            case UInt8(ascii: "?") where mayBeginName(at: index):
                explicitName = explicitName ?? mark(index)
            case UInt8(ascii: "*"):
                let name = name(after: index)
                guard anchors.contains(name) else { continue }
                if isFollowedByColon(name.endIndex) { return mark(index) }
                alias = alias ?? mark(index)
            default: continue
            }
        }
        return alias == nil ? nil : explicitName
    }

    /// The letters, digits, hyphens and underscores of an anchor or alias.
    private func name(after index: Int) -> ArraySlice<UInt8> {
        bytes[(index + 1)...].prefix { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    /// Whether `*x :`, or `*x]:` with anything between, ends what may be a name. Such names stand on one line.
    private func isFollowedByColon(_ end: Int) -> Bool {
        var canEndHere = true
        for byte in bytes[end...] {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): return false
            case UInt8(ascii: ":") where canEndHere: return true
            case UInt8(ascii: "]"), UInt8(ascii: "}"): canEndHere = true
            case UInt8(ascii: " "), UInt8(ascii: "\t"): continue
            default: canEndHere = false
            }
        }
        return false
    }

    /// Whether a `?` here may be the sign of a name, and not a part of a word.
    private func mayBeginName(at index: Int) -> Bool {
        guard index > 0 else { return true }
        let before = bytes[index - 1]
        // Some line breaks are no ASCII.
        return before >= 0x80 || " \t\r\n[{,:-?\"']}".utf8.contains(before)
    }

    private func mark(_ index: Int) -> DocumentNode.Mark {
        DocumentNode.Mark(line: line, column: index - lineStart + 1)
    }
}
