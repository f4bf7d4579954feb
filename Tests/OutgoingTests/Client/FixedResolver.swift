import NIOCore
import TestSupport

@testable import Outgoing

/// Gives the answers it was made with, one after the other, the last one for ever.
final class FixedResolver: HostResolver {
    let asked = Observed<[String]>([])
    private let answers: [[IPAddress]]

    init(_ answers: [String]...) {
        self.answers = answers.map { $0.compactMap { IPAddress($0) } }
    }

    func addresses(of host: String, on loop: any EventLoop) -> EventLoopFuture<[IPAddress]> {
        let count = asked.update {
            $0.append(host)
            return $0.count
        }
        let answer = answers[min(count, answers.count) - 1]
        return answer.isEmpty
            ? loop.makeFailedFuture(HTTPFault.hostNotFound) : loop.makeSucceededFuture(answer)
    }

    func close() {}
}
