namespace Soc.Telemetry;

/// <summary>How OTLP is spoken.</summary>
public enum OtlpProtocol
{
    /// <summary>
    /// As OTEL_EXPORTER_OTLP_PROTOCOL says; without it HTTP when the URL has port 4318 or a path, else gRPC.
    /// </summary>
    Automatic = 0,

    /// <summary>OTLP over gRPC, by convention on port 4317.</summary>
    Grpc = 1,

    /// <summary>OTLP as protobuf over HTTP, by convention on port 4318.</summary>
    HttpProtobuf = 2,
}
