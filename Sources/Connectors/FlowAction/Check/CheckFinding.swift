/// What one check of an endpoint found.
package struct CheckFinding: Hashable, Sendable {
    package enum Check: String, Hashable, Sendable, CaseIterable {
        case connection
        case noSignature = "no-signature"
        case wrongSignature = "wrong-signature"
        case rightSignature = "right-signature"
        case asksAgain = "asks-again"
        case sameID = "same-id"
        case missingInputs = "missing-inputs"
        case time
        case returnValue = "return-value"
        case body
        case redirects
    }

    package enum Verdict: String, Hashable, Sendable, CaseIterable {
        case pass, fail, warn
        /// It could not be found out, or there was nothing to find out.
        case skip
    }

    package let check: Check
    package let verdict: Verdict
    /// What was sent, in words.
    package let sent: String
    package let came: String
    /// What to do about it; nil where there is nothing to do.
    package let remedy: String?

    package init(
        _ check: Check, _ verdict: Verdict, sent: String, came: String, remedy: String? = nil
    ) {
        self.check = check
        self.verdict = verdict
        self.sent = sent
        self.came = came
        self.remedy = remedy
    }
}
