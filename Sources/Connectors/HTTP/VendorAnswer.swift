/// What came of sending a request.
package enum VendorAnswer: Sendable {
    case response(VendorResponse)
    /// Time-out, broken connection: nobody knows whether the app acted. Or, where nothing was sent, no connection at all.
    case noAnswer(reason: String, wasSent: Bool = true)
    /// Never sent, and no better the next time: it leads where it must not, or can't be written as HTTP.
    case refused(reason: String)
}
