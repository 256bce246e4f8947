namespace Soc.Actors.Tests.Support;

/// <summary>A console whose first byte cancels the run: in its middle, however slow the host is.</summary>
internal sealed class CancellingStream : MemoryStream
{
    private readonly CancellationTokenSource _source = new();

    public CancellationToken Token => _source.Token;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => await _source.CancelAsync();

    protected override void Dispose(bool disposing)
    {
        _source.Dispose();
        base.Dispose(disposing);
    }
}
