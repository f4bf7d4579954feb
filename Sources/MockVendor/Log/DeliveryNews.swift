// What happened at a mock vendor, one thing after the other, for whoever checks the order of it.

/// A request came, or ended. The end of a request comes before its client can have read the answer, so that whatever the
/// client does for it stands behind.
package enum DeliveryNews: Hashable, Sendable {
    case began(DeliveryEntry)
    /// It was answered, or its client has given it up.
    ///
    /// - Parameters:
    ///   - time: milliseconds since 1970.
    ///   - isSuccess: whether its success went to a client that still listened.
    case ended(sequence: Int, time: Int64, isSuccess: Bool)
}
