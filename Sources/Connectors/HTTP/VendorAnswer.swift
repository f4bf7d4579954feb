/// What came of sending a request.
package enum VendorAnswer: Sendable {
    case response(VendorResponse)
    /// Time-out, refused connection, broken connection, no such host: nobody knows whether the app acted.
    case noAnswer(reason: String)
}
