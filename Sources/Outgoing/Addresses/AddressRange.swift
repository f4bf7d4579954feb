/// Addresses with a common beginning, `10.0.0.0/8`.
package struct AddressRange: Hashable, Sendable, CustomStringConvertible {
    package let first: IPAddress
    package let prefix: Int

    /// - Parameter text: an address and its prefix, or an address alone. Bits beyond the prefix must be 0, so that a
    ///   mistyped range is not taken for another.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first.flatMap({ IPAddress(String($0)) }), parts.count <= 2 else { return nil }
        let width = first.bytes.count * 8
        guard let prefix = parts.count == 2 ? Int(parts[1]) : width, (0...width).contains(prefix) else {
            return nil
        }
        self.init(first, prefix)
        guard contains(first), isAligned else { return nil }
    }

    init(_ first: IPAddress, _ prefix: Int) {
        self.first = first
        self.prefix = prefix
    }

    package var description: String { "\(first)/\(prefix)" }

    /// Whether it is one address.
    var isSingle: Bool { prefix == first.bytes.count * 8 }

    package func contains(_ address: IPAddress) -> Bool {
        switch (first, address) {
        case (.v4(let first), .v4(let other)): prefix == 0 || (first ^ other) >> UInt32(32 - prefix) == 0
        case (.v6(let first), .v6(let other)): prefix == 0 || (first ^ other) >> UInt128(128 - prefix) == 0
        default: false
        }
    }

    private var isAligned: Bool {
        switch first {
        case .v4(let number): prefix == 32 || number << UInt32(prefix) == 0
        case .v6(let number): prefix == 128 || number << UInt128(prefix) == 0
        }
    }
}
