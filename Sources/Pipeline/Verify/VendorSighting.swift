import Flow

/// What a vendor saw of the requests, in its own order: it is the witness that no record can be.
package enum VendorSighting: Hashable, Sendable {
    case began(Request)
    /// It was answered, or the client hung up. It comes before the sender can have read the answer.
    case ended(sequence: Int, time: Int64, isSuccess: Bool)

    package struct Request: Hashable, Sendable {
        /// From 1, growing with each request.
        package let sequence: Int
        /// Milliseconds since 1970.
        package let time: Int64
        /// Nil where the request names none that could be one.
        package let run: RunID?
        /// What it is answered with: a status, or a word where there is none.
        package let answer: String

        package init(sequence: Int, time: Int64, run: RunID?, answer: String) {
            self.sequence = sequence
            self.time = time
            self.run = run
            self.answer = answer
        }
    }
}
