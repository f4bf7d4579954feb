// What a scripted answer comes to at the door where the request came: Flow's protocol, a vendor's public API, or its
// token endpoint.

/// What is done with one request.
struct Deed: Sendable {
    enum End: Sendable {
        case respond(CannedResponse)
        /// Nothing is sent until the client gives up.
        case silence
        case close
    }

    /// Waits first. At shutdown the rest of the wait is left out.
    var delay = Duration.zero
    let end: End
    /// `503`, `no-answer`, `close` or `lost`: what it counts as in the statistics.
    let countedAs: String
    /// Whether the vendor does what it is asked, at once and whatever becomes of the answer.
    var acts = false
    /// Whether its answer, when it arrives, is the success of the run.
    var succeeds = false
    /// What is wrong with the request, or with the script for it.
    var fault: String?

    /// Whether the request stays on the wire for a while.
    var takesTime: Bool {
        if case .silence = end { true } else { delay > .zero }
    }

    init(_ end: End, countedAs: String) {
        self.end = end
        self.countedAs = countedAs
    }

    init(_ response: CannedResponse) {
        self.init(.respond(response), countedAs: String(response.status))
    }

    /// A refusal in words.
    init(refusal fault: String, status: Int) {
        self.init(
            CannedResponse(status: status, contentType: "text/plain; charset=utf-8", body: "\(fault)\n"))
        self.fault = fault
    }

    /// What an answer is that leaves nothing to the door; of a vendor's documented ones nothing can be known here.
    init(asItStands answer: ScriptedAnswer) {
        switch answer {
        case .respond(let response): self.init(response)
        case .slow(let delay, let then):
            self.init(asItStands: then)
            self.delay += delay
        case .noAnswer: self.init(.silence, countedAs: "no-answer")
        case .close: self.init(.close, countedAs: "close")
        case .lost: self.init(.close, countedAs: "lost")
        case .vendor(let name):
            self.init(
                refusal: "the script names an answer “\(name)”, which nobody documents for this request",
                status: 500)
        }
    }

    /// By Flow's protocol, where 200 is the only success.
    init(flow answer: ScriptedAnswer) {
        self.init(asItStands: answer)
        if case .respond(let response) = end, response.status == 200 { (acts, succeeds) = (true, true) }
        if answer.last == .lost { acts = true }
    }
}
