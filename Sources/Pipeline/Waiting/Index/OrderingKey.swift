/// An ordering key as 64 bits of its text's hash: a million runs that wait keep no texts, which are in their records.
///
/// Two keys of one hash are one key here: their runs merely wait for each other. The hash is seeded per process, so
/// nobody can choose a key that holds up another store's.
package struct OrderingKey: Hashable, Comparable, Sendable {
    private let hash: Int

    package init(_ text: String) {
        hash = text.hashValue
    }

    package static func < (left: OrderingKey, right: OrderingKey) -> Bool { left.hash < right.hash }
}
