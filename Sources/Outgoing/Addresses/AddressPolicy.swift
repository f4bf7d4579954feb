/// Decides which addresses requests may go to, so that a URL from outside can't reach into the network it is sent from.
///
/// Public addresses always; others only where the configuration allows their range. An IPv6 address that stands for an
/// IPv4 address is judged by that one.
package struct AddressPolicy: Sendable, Equatable {
    package let allowed: [AddressRange]

    /// For what delivers to its own machine alone.
    package static let loopback = AddressPolicy(
        allowing: ["127.0.0.0/8", "::1/128"].compactMap { AddressRange($0) })

    package init(allowing allowed: [AddressRange] = []) {
        self.allowed = allowed
    }

    /// - Parameter words: ranges (`10.1.0.0/16`), addresses, and `private` for all networks of one's own.
    /// - Returns: nil for a word that is none of these, which is given to `fault`.
    package init?(words: [String], fault: (String) -> Void) {
        var allowed: [AddressRange] = []
        for word in words {
            if word == "private" {
                allowed += AddressKind.privateRanges
            } else if let range = AddressRange(word) {
                allowed.append(range)
            } else {
                fault(word)
                return nil
            }
        }
        self.allowed = allowed
    }

    /// - Returns: what the address is, in words, where it is refused; nil where it is allowed.
    package func refusal(of address: IPAddress) -> String? {
        judged(for: address).lazy.filter { !allows($0) }.compactMap { AddressKind($0).name }.first
    }

    private func judged(for address: IPAddress) -> [IPAddress] {
        let embedded = AddressKind.embedded(in: address)
        // :: and ::1 hold no IPv4 addresses, though they look so.
        return embedded.isEmpty || address == .v6(0) || address == .v6(1) ? [address] : embedded
    }

    /// A metadata service only by its own address, never as a part of a range.
    private func allows(_ address: IPAddress) -> Bool {
        let isMetadata = AddressKind.metadata.contains { $0.contains(address) }
        return allowed.contains { $0.contains(address) && (!isMetadata || $0.isSingle) }
    }
}
