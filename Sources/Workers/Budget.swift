/// A bound in count and bytes, with a mark below it at which work may come in again.
///
/// Without the lower mark a full buffer would be opened and closed for every record.
package struct Budget: Sendable {
    package let countLimit: Int
    package let byteLimit: Int
    package private(set) var count = 0
    package private(set) var bytes = 0
    private var wasFull = false

    package init(countLimit: Int, byteLimit: Int) {
        self.countLimit = countLimit
        self.byteLimit = byteLimit
    }

    package mutating func take(_ size: Int) {
        count += 1
        bytes += size
        if count >= countLimit || bytes >= byteLimit { wasFull = true }
    }

    package mutating func release(count released: Int, bytes size: Int) {
        count -= released
        bytes -= size
        if count <= countLimit / 2 && bytes <= byteLimit / 2 { wasFull = false }
    }

    /// From the moment that a limit is reached until both are at half.
    package var isFull: Bool { wasFull }
}
