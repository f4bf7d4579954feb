import Liquid

/// What the conditions of one workflow may cost for one event: an author's nested `any` and `all` over a large payload
/// must not hold up the matcher, which decides for everybody.
package struct ConditionWork: Hashable, Sendable {
    /// Comparisons; one that reads long values counts once more for each 64 bytes of them.
    package static let limit = 100_000
    private static let bytesPerComparison = 64

    private var spent = 0
    private var bytes = 0

    package init() {}

    /// Counts one comparison, or one look at a field, before it is done.
    ///
    /// - Parameter read: the bytes that it goes through.
    mutating func spend(reading read: Int) throws(Excess) {
        spent += 1
        bytes = bytes.addingReportingOverflow(read).partialValue
        guard spent + bytes / Self.bytesPerComparison <= Self.limit, bytes >= 0 else { throw Excess() }
    }

    /// The conditions were given up.
    package struct Excess: Error, Hashable, CustomStringConvertible {
        package var description: String {
            "the conditions need more than \(ConditionWork.limit) comparisons for this event (long values count as "
                + "several); compare fewer items, or nest any, all and none less deeply"
        }
    }
}
