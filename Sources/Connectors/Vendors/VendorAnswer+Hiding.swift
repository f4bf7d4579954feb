/// Answers without the secrets that their requests carried in their URLs.
///
/// A server may repeat a URL that it doesn't know (`Cannot POST /1/cards?key=…`), and what it says is shown to people.
extension VendorAnswer {
    /// The answer with `…` in place of each secret, as it is and as a URL has it. The body of a success stays as it is:
    /// it is read, not shown.
    package func hiding(_ secrets: [String]) -> VendorAnswer {
        let hidden = secrets.filter { !$0.isEmpty }.flatMap { [$0, URLText.segment($0)] }
        let hide = { (text: String) in hidden.reduce(text) { $0.replacing($1, with: "…") } }
        switch self {
        case .response(let response) where (200...299).contains(response.status): return self
        case .response(let response):
            let text = hide(String(decoding: response.body, as: UTF8.self))
            return .response(
                VendorResponse(
                    status: response.status, headers: response.headers, body: Array(text.utf8),
                    isCut: response.isCut))
        case .noAnswer(let reason, let wasSent): return .noAnswer(reason: hide(reason), wasSent: wasSent)
        case .refused(let reason): return .refused(reason: hide(reason))
        }
    }
}
