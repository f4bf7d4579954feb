/// Answers without the secrets that their requests carried in their URLs.
///
/// A server may repeat a URL that it doesn't know (`Cannot POST /1/cards?key=…`), and what it says is shown to people.
extension VendorAnswer {
    /// The answer with `…` in place of each secret, as it is and as a URL has it. The body of a success stays as it is:
    /// it is read, not shown.
    package func hiding(_ secrets: [String]) -> VendorAnswer {
        switch self {
        case .response(let response) where (200...299).contains(response.status): return self
        case .response(let response): return .response(response.hiding(secrets))
        case .noAnswer(let reason, let wasSent):
            return .noAnswer(reason: reason.hiding(secrets), wasSent: wasSent)
        case .refused(let reason): return .refused(reason: reason.hiding(secrets))
        }
    }
}

extension VendorResponse {
    /// For a body that is shown, of a success as well: before it is cut, so that no half of a secret stays.
    func hiding(_ secrets: [String]) -> VendorResponse {
        let text = String(decoding: body, as: UTF8.self).hiding(secrets)
        return VendorResponse(status: status, headers: headers, body: Array(text.utf8), isCut: isCut)
    }
}

extension String {
    /// With `…` in place of each secret, as it is and as a URL has it.
    func hiding(_ secrets: [String]) -> String {
        secrets.filter { !$0.isEmpty }.flatMap { [$0, URLText.segment($0)] }
            .reduce(self) { $0.replacing($1, with: "…") }
    }
}
