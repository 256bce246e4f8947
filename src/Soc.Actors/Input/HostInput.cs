namespace Soc.Actors.Input;

/// <summary>Input from the host as it comes: a thread of the shell offers bytes, the SoC takes them.</summary>
public sealed class HostInput : IConsoleInput
{
    private readonly Lock _lock = new();
    private readonly List<byte> _bytes = [];
    private Action? _arrived;
    private bool _closed;

    /// <inheritdoc/>
    public bool IsOpen
    {
        get
        {
            lock (_lock)
            {
                return !_closed || _bytes.Count > 0;
            }
        }
    }

    /// <summary>More bytes; any thread.</summary>
    public void Offer(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            _bytes.AddRange(bytes);
        }

        Tell();
    }

    /// <summary>There will be no more; any thread.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
        }

        Tell();
    }

    /// <inheritdoc/>
    public byte[] Take(ulong now)
    {
        lock (_lock)
        {
            byte[] taken = [.. _bytes];
            _bytes.Clear();
            return taken;
        }
    }

    /// <inheritdoc/>
    public void Notify(Action arrived)
    {
        ArgumentNullException.ThrowIfNull(arrived);
        lock (_lock)
        {
            _arrived = arrived;
        }

        arrived();
    }

    private void Tell()
    {
        Action? arrived;
        lock (_lock)
        {
            arrived = _arrived;
        }

        arrived?.Invoke();
    }
}
