// The stores that events are spread over.

/// Domains by number, made up on demand where there are many.
enum StoreNames: Hashable, Sendable {
    /// Never empty.
    case named([String])
    /// `store-0001.myshopify.com` and on.
    case numbered(Int)

    var count: Int {
        switch self {
        case .named(let names): names.count
        case .numbered(let count): count
        }
    }

    /// The store of a turn; turns beyond the count begin anew.
    subscript(turn: Int) -> String {
        let place = turn % max(count, 1)
        switch self {
        case .named(let names): return names[place]
        case .numbered:
            let digits = String(place + 1)
            return "store-\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits).myshopify.com"
        }
    }
}
