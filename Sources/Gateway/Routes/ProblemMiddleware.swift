import Hummingbird
import Logging

/// Answers what routes throw, and what no route takes.
struct ProblemMiddleware: RouterMiddleware {
    let logger: Logger

    func handle(
        _ request: Request, context: GatewayRequestContext,
        next: (Request, GatewayRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let problem as Problem {
            // Its body may not have been read.
            context.closeSoon(after: request)
            return problem.answer.response
        } catch let error as HTTPError where error.status.code == 404 {
            context.closeSoon(after: request)
            return Problem.notFound(
                "there is nothing at this path for \(request.method.rawValue)",
                do: "see docs/HTTP.md for the paths"
            ).answer.response
        } catch {
            logger.error("request failed", metadata: [GatewayLogKeys.error: "\(error)"])
            context.closeSoon(after: request)
            return Problem(
                status: 500, title: "Internal server error", detail: "an unexpected failure",
                remedy: "see the gateway's log, and report it"
            ).answer.response
        }
    }
}
