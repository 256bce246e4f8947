using System.Buffers;
using System.Security.Cryptography;
using MessagePack;

namespace Soc.Actors.Recording;

/// <summary>
/// The file of a recipe: a MessagePack array of four, ["soc-recipe", version, SHA-256 of the body, body], where the body is the
/// recipe as MessagePack. Only the body's form depends on the version.
/// </summary>
public static class RecipeFile
{
    /// <summary>The version that is written and read.</summary>
    public const int Version = 1;

    private const string Kind = "soc-recipe";
    private const string Foreign = "is not a recipe of a run; name a file that 'soc run --record' wrote";
    private const string Damaged = "is damaged; record the run again";

    private static readonly MessagePackSerializerOptions _options =
        MessagePackSerializerOptions.Standard.WithSecurity(MessagePackSecurity.UntrustedData);

    /// <summary>Writes a recipe.</summary>
    public static void Write(Stream stream, Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(stream);
        byte[] body = MessagePackSerializer.Serialize(recipe, _options);
        var buffer = new ArrayBufferWriter<byte>(body.Length + 64);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(4);
        writer.Write(Kind);
        writer.Write(Version);
        writer.Write(SHA256.HashData(body));
        writer.Write(body);
        writer.Flush();
        stream.Write(buffer.WrittenSpan);
    }

    /// <summary>Reads a recipe.</summary>
    /// <exception cref="RecipeException">The file is missing, damaged, foreign or of a newer version.</exception>
    public static Recipe Read(string path)
    {
        byte[] file;
        try
        {
            file = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            string problem = Directory.Exists(path) ? "is a folder"
                : File.Exists(path) ? $"cannot be read ({exception.Message.ReplaceLineEndings(" ")})"
                : "does not exist";
            throw new RecipeException($"{path}: {problem}; name a file that 'soc run --record' wrote", exception);
        }

        return Parse(path, file);
    }

    private static Recipe Parse(string path, byte[] file)
    {
        if (!IsRecipe(file, out long version))
        {
            throw new RecipeException($"{path}: {Foreign}");
        }

        if (version != Version)
        {
            throw new RecipeException($"{path}: the recipe has format {version}, this version of soc reads {Version}; replay it with the soc that wrote it");
        }

        try
        {
            var reader = new MessagePackReader(file);
            reader.ReadArrayHeader();
            reader.ReadString();
            reader.ReadInt64();
            byte[] digest = reader.ReadBytes()?.ToArray() ?? [];
            byte[] body = reader.ReadBytes()?.ToArray() ?? [];
            if (!reader.End || !digest.AsSpan().SequenceEqual(SHA256.HashData(body)))
            {
                throw new RecipeException($"{path}: {Damaged}");
            }

            return MessagePackSerializer.Deserialize<Recipe>(body, _options);
        }
        catch (Exception exception) when (exception is MessagePackSerializationException or EndOfStreamException or OverflowException)
        {
            throw new RecipeException($"{path}: {Damaged}", exception);
        }
    }

    private static bool IsRecipe(byte[] file, out long version)
    {
        version = 0;
        try
        {
            var reader = new MessagePackReader(file);
            if (reader.NextMessagePackType != MessagePackType.Array || reader.ReadArrayHeader() != 4
                || reader.NextMessagePackType != MessagePackType.String || reader.ReadString() != Kind)
            {
                return false;
            }

            version = reader.ReadInt64();
            return true;
        }
        catch (Exception exception) when (exception is MessagePackSerializationException or EndOfStreamException or OverflowException)
        {
            return false;
        }
    }
}
