/// An answer, whatever its status: redirects are not followed.
package struct HTTPAnswer: Sendable {
    package let status: Int
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
    /// The body was longer than the limit, and its rest was never read.
    package let isCut: Bool
}
