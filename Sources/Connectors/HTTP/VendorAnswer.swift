/// What came of sending a request.
package enum VendorAnswer: Sendable {
    case response(VendorResponse)
    /// Time-out, refused connection, broken connection, no such host: nobody knows whether the app acted.
    case noAnswer(reason: String)
    /// Never sent, and no better the next time: it leads where it must not, or can't be written as HTTP.
    case refused(reason: String)
}
