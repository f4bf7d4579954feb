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
        self.init(utf8: Array(text.utf8)[...])
    }

    /// The same of a text's bytes: a million of them are read when a sender starts.
    package init?(utf8 bytes: ArraySlice<UInt8>) {
        guard bytes.count == 36 else { return nil }
        var (high, low): (UInt64, UInt64) = (0, 0)
        for (place, byte) in bytes.enumerated() {
            if place == 8 || place == 13 || place == 18 || place == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = Self.digit(byte) else { return nil }
            high = high << 4 | low >> 60
            low = low << 4 | digit
        }
        self.init(high: high, low: low)
    }

    private static func digit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// Written for every record of a run, so it makes nothing but the text.
    package var description: String {
        String(unsafeUninitializedCapacity: 36) { text in
            var place = 0
            for half in 0..<2 {
                let number = half == 0 ? high : low
                for shift in stride(from: 60, through: 0, by: -4) {
                    if place == 8 || place == 13 || place == 18 || place == 23 {
                        text[place] = UInt8(ascii: "-")
                        place += 1
                    }
                    let digit = UInt8(truncatingIfNeeded: number >> shift & 0xF)
                    text[place] = digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
                    place += 1
                }
            }
            return place
        }
    }

    package static func < (left: RunID, right: RunID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}
