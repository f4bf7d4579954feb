// One answer of a script: everything that a vendor may do with a request, good or bad.

import Flow
import Liquid

/// What the mock vendor does with one request.
package indirect enum ScriptedAnswer: Hashable, Sendable {
    case respond(CannedResponse)
    /// Waits first. At shutdown the rest of the wait is left out.
    case slow(Duration, then: ScriptedAnswer)
    /// The connection stays silent until the client gives up, the silence limit is over or the vendor stops.
    case noAnswer
    /// The connection is closed without an answer.
    case close

    /// 200 with `{}`, the only success that Flow knows.
    package static let ok = status(200)

    /// 502 with the HTML page that a proxy shows for a dead app.
    package static let html = ScriptedAnswer.respond(
        CannedResponse(
            status: 502, contentType: "text/html; charset=utf-8",
            body: """
                <!DOCTYPE html>
                <html><head><title>502 Bad Gateway</title><style>body { color: #333 }</style></head>
                <body><h1>Bad Gateway</h1><p>The app didn&rsquo;t answer.</p></body></html>

                """))

    /// 200 with a body that promises JSON and isn't.
    package static let garbage = ScriptedAnswer.respond(
        CannedResponse(status: 200, body: "{\"return_value\": oops"))

    /// A status with a body that fits it.
    package static func status(_ status: Int) -> ScriptedAnswer {
        .respond(CannedResponse(status: status))
    }

    package static func returnValue(_ value: JSON) -> ScriptedAnswer {
        .respond(CannedResponse(status: 200, body: JSON.object(["return_value": value]).jsonText))
    }

    /// The status that is sent in the end; nil where none is.
    package var finalStatus: Int? {
        switch self {
        case .respond(let response): response.status
        case .slow(_, let then): then.finalStatus
        case .noAnswer, .close: nil
        }
    }

    /// `503`, `no-answer` or `close`: what it counts as in the statistics.
    package var countedAs: String {
        switch self {
        case .respond(let response): String(response.status)
        case .slow(_, let then): then.countedAs
        case .noAnswer: "no-answer"
        case .close: "close"
        }
    }

    /// Whether the request stays on the wire for a while.
    var takesTime: Bool {
        switch self {
        case .slow, .noAnswer: true
        case .respond, .close: false
        }
    }
}
