import Crypto

/// A deterministic id: UUID version 8 from SHA-256 over what it identifies, never random.
///
/// Doing the same work again yields the same id, so a repeat after a crash is seen as one. The workflow's version
/// is left out on purpose: an edit between two deliveries of one event does not run its action twice.
package struct RunID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The id of an action run: store, source, event, workflow, place of the step in it, turn of a loop.
    package static func actionRun(
        store: String, source: String, event: String, workflow: String, stepPath: String, loopIndex: Int = 0
    ) -> RunID {
        digest(["action-run", store, source, event, workflow, stepPath, String(loopIndex)])
    }

    package static func workflowRun(store: String, source: String, event: String, workflow: String) -> RunID {
        digest(["workflow-run", store, source, event, workflow])
    }

    /// Each part is preceded by its length, so that no two lists of parts have the same bytes.
    private static func digest(_ parts: [String]) -> RunID {
        var hash = SHA256()
        for part in parts {
            let bytes = Array(part.utf8)
            withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { hash.update(bufferPointer: $0) }
            hash.update(data: bytes)
        }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (index, byte) in hash.finalize().prefix(16).enumerated() {
            if index < 8 { high = high << 8 | UInt64(byte) } else { low = low << 8 | UInt64(byte) }
        }
        return RunID(high: high & ~0xF000 | 0x8000, low: low & ~(0b11 << 62) | 0b10 << 62)
    }

    /// Reads the 36-character form; nil for anything else.
    package init?(_ text: String) {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        guard groups.map(\.count) == [8, 4, 4, 4, 12] else { return nil }
        let digits = groups.joined()
        guard digits.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let high = UInt64(digits.prefix(16), radix: 16), let low = UInt64(digits.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }

    package var description: String {
        let digits = Self.hex(high) + Self.hex(low)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }

    private static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    package static func < (left: RunID, right: RunID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}
