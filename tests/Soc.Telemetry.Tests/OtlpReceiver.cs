using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Soc.Telemetry.Tests;

/// <summary>A collector inside the test process: OTLP over HTTP and over gRPC (h2c), on free loopback ports.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentQueue<byte[]> _traces = new();
    private readonly ConcurrentQueue<byte[]> _metrics = new();

    private OtlpReceiver(WebApplication application)
    {
        _application = application;
        application.MapPost("/v1/traces", context => TakeHttp(context, _traces));
        application.MapPost("/v1/metrics", context => TakeHttp(context, _metrics));
        application.MapPost("/opentelemetry.proto.collector.trace.v1.TraceService/Export", context => TakeGrpc(context, _traces));
        application.MapPost("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", context => TakeGrpc(context, _metrics));
    }

    public Uri Http { get; private set; } = null!;

    public Uri Grpc { get; private set; } = null!;

    public List<Span> Spans => [.. _traces.SelectMany(bytes => new ProtobufMessage(bytes).Messages(1)).SelectMany(resource =>
    {
        Dictionary<string, string> attributes = resource.Messages(1).Single().Attributes(1);
        return resource.Messages(2).SelectMany(scope => scope.Messages(2)).Select(span => new Span(span, attributes));
    })];

    public List<(string Name, Dictionary<string, string> Resource, ProtobufMessage Metric)> Metrics => [.. _metrics
        .SelectMany(bytes => new ProtobufMessage(bytes).Messages(1))
        .SelectMany(resource => resource.Messages(2).SelectMany(scope => scope.Messages(2))
            .Select(metric => (metric.Text(1), resource.Messages(1).Single().Attributes(1), metric)))];

    public static async Task<OtlpReceiver> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var receiver = new OtlpReceiver(builder.Build());
        await receiver._application.StartAsync();
        string[] addresses = [.. receiver._application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
        receiver.Http = new Uri(addresses[0]);
        receiver.Grpc = new Uri(addresses[1]);
        return receiver;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static async Task TakeHttp(HttpContext context, ConcurrentQueue<byte[]> into)
    {
        Assert.Equal("application/x-protobuf", context.Request.ContentType);
        into.Enqueue(await BodyOf(context));
        context.Response.ContentType = "application/x-protobuf";
    }

    // A gRPC message: one byte that says whether it is compressed, four of length (big-endian), the message.
    private static async Task TakeGrpc(HttpContext context, ConcurrentQueue<byte[]> into)
    {
        byte[] body = await BodyOf(context);
        Assert.Equal(0, body[0]);
        Assert.Equal(body.Length - 5, BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(1)));
        into.Enqueue(body[5..]);
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(new byte[5]);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private static async Task<byte[]> BodyOf(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    /// <summary>A span of trace.proto.</summary>
    internal sealed class Span(ProtobufMessage message, Dictionary<string, string> resource)
    {
        public string Trace { get; } = message.Hex(1);

        public string Id { get; } = message.Hex(2);

        public string Parent { get; } = message.Hex(4);

        public string Name { get; } = message.Text(5);

        public ulong Start { get; } = message.Number(7);

        public ulong End { get; } = message.Number(8);

        public Dictionary<string, string> Attributes { get; } = message.Attributes(9);

        public List<(ulong Time, string Name)> Events { get; } = [.. message.Messages(11).Select(item => (item.Number(1), item.Text(2)))];

        public bool IsError { get; } = message.Messages(15).Any(status => status.Number(3) == 2);

        public string Service { get; } = resource["service.name"];

        public string Namespace { get; } = resource.GetValueOrDefault("service.namespace", "");
    }
}
